import type { Process } from '../process.ts'
import { remembering } from '../text.ts'

/** What /etc/resolv.conf says, with the defaults of resolv.conf(5). */
export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  /** Seconds. */
  readonly timeout: number
  readonly attempts: number
  readonly rotate: boolean
}

/** Reads the machine's resolv.conf; without a nameserver, or without the file, it is this host's. */
export const readResolvConf = (process: Process): ResolvConf =>
  parseResolvConf(textOf(process, '/etc/resolv.conf'))

const parseResolvConf = remembering((text): ResolvConf => {
  const nameservers: string[] = []
  let search: string[] = []
  const options = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (keyword === 'nameserver' && values[0] && nameservers.length < 3) nameservers.push(values[0])
    if (keyword === 'search') search = values
    if (keyword === 'domain' && values[0]) search = [values[0]]
    if (keyword === 'options') for (const option of values) options.set(...splitOption(option))
  }
  const number = (name: string, fallback: number, most: number) =>
    Math.min(most, Number(options.get(name) ?? fallback) || 0)
  return {
    nameservers: nameservers.length > 0 ? nameservers : ['127.0.0.1'],
    search: search.map((domain) => domain.replace(/\.+$/, '')).filter((domain) => domain !== ''),
    ndots: number('ndots', 1, 15),
    timeout: Math.max(1, number('timeout', 5, 30)),
    attempts: Math.max(1, number('attempts', 2, 5)),
    rotate: options.has('rotate'),
  }
})

/** Addresses that /etc/hosts gives a name, in order. */
export function hostsAddresses(process: Process, name: string): string[] {
  const wanted = wantedName(name)
  return hostsEntries(process)
    .filter(({ names }) => names.includes(wanted))
    .map(({ address }) => address)
}

/** The first name of the first entry of /etc/hosts that has `name`. */
export function hostsCanonicalName(process: Process, name: string): string | undefined {
  const wanted = wantedName(name)
  return hostsEntries(process).find(({ names }) => names.includes(wanted))?.canonical
}

/** The first name that /etc/hosts gives an address. */
export function hostsName(process: Process, address: string): string | undefined {
  return hostsEntries(process).find((entry) => entry.address === address)?.canonical
}

/** Which sources `hosts:` of /etc/nsswitch.conf names, in order; those not known here are left out. */
export const hostSources = (process: Process): readonly ('files' | 'dns')[] =>
  parseSources(textOf(process, '/etc/nsswitch.conf'))

const parseSources = remembering((text): readonly ('files' | 'dns')[] => {
  const line = text.split('\n').find((each) => /^\s*hosts:/.test(each))
  const sources = (line ?? 'hosts: files dns').replace(/#.*/, '').split(/\s+/)
  return sources.filter((source) => source === 'files' || source === 'dns')
})

const wantedName = (name: string): string => name.replace(/\.$/, '').toLowerCase()

interface HostsEntry {
  readonly address: string
  /** The first, as it is written. */
  readonly canonical: string
  /** All of them, in lower case. */
  readonly names: readonly string[]
}

const hostsEntries = (process: Process): readonly HostsEntry[] => parseHosts(textOf(process, '/etc/hosts'))

const parseHosts = remembering((text): readonly HostsEntry[] =>
  text.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (!address || names.length === 0) return []
    return [{ address, canonical: names[0]!, names: names.map((name) => name.toLowerCase()) }]
  }),
)

function textOf({ machine: { files } }: Process, path: string): string {
  return files.stat(path)?.type === 'file' ? files.read(path) : ''
}

function splitOption(option: string): [string, string] {
  const colon = option.indexOf(':')
  return colon < 0 ? [option, ''] : [option.slice(0, colon), option.slice(colon + 1)]
}
