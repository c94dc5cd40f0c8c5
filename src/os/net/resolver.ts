import type { Blocking, Process } from '../process.ts'
import { dnsQuery, isIPv4, isIPv6, relativeName, reverseName, type DnsMessage } from './dns.ts'
import { exchange, newQueryId } from './dns-client.ts'
import { lookUpGlibc } from './resolver-glibc.ts'
import { lookUpMusl } from './resolver-musl.ts'
import { hostSources, hostsAddresses, hostsCanonicalName, hostsName, readResolvConf } from './resolv-conf.ts'

export { readResolvConf } from './resolv-conf.ts'
export type { ResolvConf } from './resolv-conf.ts'

/** Why a name has no address, in the words of getaddrinfo(3). */
export type ResolveError = 'EAI_NONAME' | 'EAI_AGAIN' | 'EAI_FAIL' | 'EAI_NODATA'

export type Resolution =
  | { readonly ok: true; readonly canonicalName: string; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly error: ResolveError }

/** What `gai_strerror` of each libc says. */
export const GAI_STRERROR: Readonly<Record<'glibc' | 'musl', Readonly<Record<ResolveError, string>>>> = {
  glibc: {
    EAI_NONAME: 'Name or service not known',
    EAI_AGAIN: 'Temporary failure in name resolution',
    EAI_FAIL: 'Non-recoverable failure in name resolution',
    EAI_NODATA: 'No address associated with hostname',
  },
  musl: {
    EAI_NONAME: 'Name does not resolve',
    EAI_AGAIN: 'Try again',
    EAI_FAIL: 'Non-recoverable error',
    EAI_NODATA: 'Name has no usable address',
  },
}

/** The sentence of this machine's libc for a failed resolution. */
export function resolveErrorText(process: Process, error: ResolveError): string {
  return GAI_STRERROR[process.machine.libc][error]
}

/**
 * getaddrinfo(3) as the machine's libc does it: a literal address, /etc/hosts, then DNS with search domains.
 * Addresses are IPv4 first, each family in the order in which DNS gave them.
 */
export function* getaddrinfo(
  process: Process,
  name: string,
  options: { readonly family?: 4 | 6 } = {},
): Blocking<Resolution> {
  const { family } = options
  if (isIPv4(name) || isIPv6(name)) {
    if (family !== undefined && family !== familyOf(name)) return { ok: false, error: 'EAI_NONAME' }
    return { ok: true, canonicalName: name, addresses: [name] }
  }
  if (name === '' || name.length > 253 || /[^\w.-]/.test(name)) return { ok: false, error: 'EAI_NONAME' }
  let failure: ResolveError = 'EAI_NONAME'
  for (const source of hostSources(process)) {
    if (source === 'files') {
      const addresses = hostsAddresses(process, name).filter((each) => !family || familyOf(each) === family)
      const canonicalName = hostsCanonicalName(process, name) ?? name
      if (addresses.length > 0) return { ok: true, canonicalName, addresses: byFamily(addresses) }
      continue
    }
    const types =
      family === 4 ? (['A'] as const) : family === 6 ? (['AAAA'] as const) : (['A', 'AAAA'] as const)
    const lookUp = process.machine.libc === 'musl' ? lookUpMusl : lookUpGlibc
    const result = yield* lookUp(process, readResolvConf(process), name, types)
    if (result.ok) return { ...result, addresses: byFamily(result.addresses) }
    failure = result.error
  }
  return { ok: false, error: failure }
}

/** getnameinfo(3): the name of an address, by /etc/hosts and then a PTR query. */
export function* reverseLookup(process: Process, address: string): Blocking<string | undefined> {
  const known = hostsName(process, address)
  if (known) return known
  const conf = readResolvConf(process)
  const query = dnsQuery(newQueryId(process), reverseName(address), 'PTR')
  for (const server of conf.nameservers) {
    const answer = yield* answerOf(process, server, query, conf.timeout * 1000)
    const pointer = answer?.answers.find((record) => record.type === 'PTR')
    if (pointer?.type === 'PTR') return relativeName(pointer.target)
    if (answer) return undefined
  }
  return undefined
}

function* answerOf(process: Process, server: string, query: DnsMessage, timeoutMs: number) {
  try {
    const [first] = yield* exchange(process, [server], [query], { timeoutMs })
    return first?.answer
  } catch {
    return undefined
  }
}

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)

function byFamily(addresses: readonly string[]): string[] {
  const four = addresses.filter((address) => familyOf(address) === 4)
  return [...four, ...addresses.filter((address) => familyOf(address) === 6)]
}
