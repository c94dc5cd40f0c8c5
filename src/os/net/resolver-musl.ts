import { SystemError, type Blocking, type Process } from '../process.ts'
import { absoluteName, dnsQuery, type DnsMessage } from './dns.ts'
import { exchange, newQueryId, type Exchange } from './dns-client.ts'
import { addressesIn } from './resolver-answers.ts'
import type { ResolvConf } from './resolv-conf.ts'
import type { Resolution, ResolveError } from './resolver.ts'

/**
 * How musl looks names up, which differs from glibc where it hurts: a name with at least `ndots` dots is never tried
 * with the search domains, and a search domain in which the name exists without an address ends the search.
 */
export function* lookUpMusl(
  process: Process,
  conf: ResolvConf,
  name: string,
  types: readonly ('A' | 'AAAA')[],
): Blocking<Resolution> {
  const dots = name.split('.').length - 1
  const searched =
    dots >= conf.ndots || name.endsWith('.') ? [] : conf.search.map((domain) => `${name}.${domain}.`)
  for (const candidate of [...searched, absoluteName(name)]) {
    const outcome = yield* ask(process, conf, candidate, types)
    if (outcome !== 'NXDOMAIN') return outcome
  }
  return { ok: false, error: 'EAI_NONAME' }
}

/** All servers are asked at once and the first usable answer counts; the questions are repeated `attempts` times. */
function* ask(
  process: Process,
  conf: ResolvConf,
  name: string,
  types: readonly ('A' | 'AAAA')[],
): Blocking<Resolution | 'NXDOMAIN'> {
  const timeoutMs = (conf.timeout * 1000) / conf.attempts
  let open = types.map((type) => dnsQuery(newQueryId(process), name, type))
  const done: Exchange[] = []
  let servfail = false
  for (let attempt = 0; attempt < conf.attempts && open.length > 0; attempt++) {
    const exchanges = yield* askAll(process, conf.nameservers, open, timeoutMs)
    for (const each of exchanges) if (each.answer.rcode === 'SERVFAIL') servfail = true
    const usable = exchanges.filter(({ answer }) => answer.rcode !== 'SERVFAIL')
    done.push(...usable)
    open = open.filter((query) => !usable.some((each) => each.query === query))
  }
  const failed = (error: ResolveError): Resolution => ({ ok: false, error })
  if (open.length > 0 || servfail) return failed('EAI_AGAIN')
  const found = done.flatMap(({ answer }) => addressesIn(answer))
  if (found.length > 0) {
    return {
      ok: true,
      canonicalName: found[0]!.name.replace(/\.$/, ''),
      addresses: found.map(({ address }) => address),
    }
  }
  const { rcode } = done[0]!.answer
  return rcode === 'NXDOMAIN' ? 'NXDOMAIN' : failed(rcode === 'NOERROR' ? 'EAI_NODATA' : 'EAI_FAIL')
}

/** musl's socket is not connected to a server, so it never hears that a port is closed: that is silence, too. */
function* askAll(
  process: Process,
  servers: readonly string[],
  queries: readonly DnsMessage[],
  timeoutMs: number,
): Blocking<Exchange[]> {
  const startedMs = process.now()
  try {
    return yield* exchange(process, servers, queries, { timeoutMs })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.sleep(Math.max(0, startedMs + timeoutMs - process.now()))
    return []
  }
}
