import type { FileSystem } from '../file-system.ts'
import type { Program } from '../process.ts'
import { common } from './catalog.ts'
import { editor } from './editor.ts'
import { curl } from './net/curl.ts'
import { dig } from './net/dig.ts'
import { host } from './net/host-program.ts'
import { iptables, iptablesRestore, iptablesSave } from './net/iptables.ts'
import { bindNslookup } from './net/nslookup-bind.ts'
import { ssh } from './net/ssh/ssh.ts'
import { script } from './script.ts'
import { gnuWget } from './net/wget-gnu.ts'

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
  /** iptables and its save and restore. Default: as `full`. */
  readonly iptables?: boolean
}

/** Names of `common` that come with packages which a slim image lacks. */
const EXTRA = [
  'ip', 'ss', 'ping', 'traceroute', 'nc', 'netstat', 'ifconfig', 'route', 'ps', 'kill', 'pgrep', 'pkill', 'killall', 'pidof',
  'uptime', 'watch', 'less', 'time',
] // prettier-ignore

/** Those that Debian keeps in /usr/sbin. */
const SYSTEM_BINARIES = ['ifconfig', 'route', 'iptables', 'iptables-save', 'iptables-restore']

/** Puts Debian's userland where Debian has it: /usr/bin, with /bin pointing there. The shell comes from elsewhere. */
export function installDebian(files: FileSystem, options: DebianOptions = {}): void {
  const full = options.full ?? true
  for (const directory of ['/usr/bin', '/usr/sbin']) files.makeDirectory(directory, { parents: true })
  for (const name of ['bin', 'sbin']) if (!files.stat(`/${name}`)) files.link(`usr/${name}`, `/${name}`)
  const programs = new Map<string, Program>()
  for (const [name, make] of Object.entries(common)) {
    if (full || !EXTRA.includes(name)) programs.set(name, make('gnu'))
  }
  if (options.curl ?? true) programs.set('curl', curl)
  if (options.wget ?? full) programs.set('wget', gnuWget('gnu'))
  if (full) {
    programs.set('dig', dig).set('host', host).set('nslookup', bindNslookup).set('ssh', ssh)
    programs.set('script', script('gnu'))
    for (const name of ['vi', 'vim', 'nano']) programs.set(name, editor(name))
  }
  if (options.iptables ?? full) {
    programs
      .set('iptables', iptables)
      .set('iptables-save', iptablesSave)
      .set('iptables-restore', iptablesRestore)
  }
  for (const [name, program] of programs)
    files.install(`/usr/${SYSTEM_BINARIES.includes(name) ? 'sbin' : 'bin'}/${name}`, program)
}
