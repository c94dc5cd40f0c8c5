import type { FileSystem } from '../file-system.ts'
import * as catalog from './catalog.ts'
import { inUserland, type UserlandProgram } from './userland.ts'

/** Which packages a Debian system has beyond what every image is built from. */
export interface DebianOptions {
  /** Default true. */
  readonly curl?: boolean
  /** wget. Default: false in images, true for `full`. */
  readonly wget?: boolean
  /**
   * procps, iproute2, iputils, dnsutils, netcat, less, vim and the like: laptop and nodes have them, images do not.
   * Default true.
   */
  readonly full?: boolean
  /** iptables, its save and restore, nft, ipset and ipvsadm. Default: as `full`. */
  readonly iptables?: boolean
}

/** Those that come with packages which a slim image lacks. */
const EXTRA = [
  'ip', 'ss', 'ping', 'traceroute', 'nc', 'netstat', 'ifconfig', 'route', 'ps', 'kill', 'pgrep', 'pkill', 'killall', 'pidof',
  'uptime', 'watch', 'less', 'time', 'dig', 'host', 'nslookup', 'ssh', 'script', 'vi', 'vim', 'nano',
  'conntrack', 'journalctl', 'systemctl', 'tc', 'trace',
] // prettier-ignore
const BUSYBOX_ONLY = ['httpd']
const IPTABLES = ['iptables', 'iptables-save', 'iptables-restore', 'ipset', 'ipvsadm', 'nft']

/** Those that Debian keeps in /usr/sbin. */
const SYSTEM_BINARIES = ['conntrack', 'ifconfig', 'route', 'tc', ...IPTABLES]

/** Puts Debian's userland where Debian has it: /usr/bin, with /bin pointing there. The shell comes from elsewhere. */
export function installDebian(files: FileSystem, options: DebianOptions = {}): void {
  const { full = true, curl = true, wget = full, iptables = full } = options
  const absent = new Set([
    ...BUSYBOX_ONLY,
    ...(full ? [] : EXTRA),
    ...(curl ? [] : ['curl']),
    ...(wget ? [] : ['wget']),
    ...(iptables ? [] : IPTABLES),
  ])
  for (const directory of ['/usr/bin', '/usr/sbin']) files.makeDirectory(directory, { parents: true })
  for (const name of ['bin', 'sbin']) if (!files.stat(`/${name}`)) files.link(`usr/${name}`, `/${name}`)
  for (const [name, program] of Object.entries<UserlandProgram>(catalog)) {
    if (absent.has(name)) continue
    const directory = SYSTEM_BINARIES.includes(name) ? 'sbin' : 'bin'
    files.install(`/usr/${directory}/${name}`, inUserland('gnu', program))
  }
}
