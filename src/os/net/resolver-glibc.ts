import { SystemError, type Blocking, type Process } from '../process.ts'
import { absoluteName, dnsQuery, type DnsMessage } from './dns.ts'
import { exchange, exchangeTcp, newQueryId, type Exchange } from './dns-client.ts'
import { addressesIn } from './resolver-answers.ts'
import type { ResolvConf } from './resolv-conf.ts'
import type { Resolution, ResolveError } from './resolver.ts'

/** How one name (no search domains) came out. `unreachable`: no server answered. */
type Outcome =
  | Extract<Resolution, { ok: true }>
  | { readonly ok: false; readonly why: 'NXDOMAIN' | 'NODATA' | 'SERVFAIL' | 'unreachable' }

/**
 * How glibc looks names up: with at least `ndots` dots the name as it is comes first, else the search domains; each
 * NXDOMAIN, empty answer or SERVFAIL leads to the next candidate. Only silence ends the search domains, and even
 * then the name is tried as it is.
 */
export function* lookUpGlibc(
  process: Process,
  conf: ResolvConf,
  name: string,
  types: readonly ('A' | 'AAAA')[],
): Blocking<Resolution> {
  const dots = name.split('.').length - 1
  const asIsFirst = dots >= conf.ndots || name.endsWith('.')
  const failures: Exclude<Outcome, { ok: true }>['why'][] = []
  if (asIsFirst) {
    const outcome = yield* ask(process, conf, absoluteName(name), types)
    if (outcome.ok) return outcome
    failures.push(outcome.why)
  }
  if (!name.endsWith('.')) {
    for (const domain of conf.search) {
      const outcome = yield* ask(process, conf, `${name}.${domain}.`, types)
      if (outcome.ok) return outcome
      failures.push(outcome.why)
      if (outcome.why === 'unreachable') break
    }
    if (!asIsFirst) {
      const outcome = yield* ask(process, conf, absoluteName(name), types)
      if (outcome.ok) return outcome
      failures.push(outcome.why)
    }
  }
  return { ok: false, error: verdict(failures) }
}

function verdict(failures: readonly string[]): ResolveError {
  if (failures.includes('unreachable') || failures.includes('SERVFAIL')) return 'EAI_AGAIN'
  return failures.includes('NODATA') ? 'EAI_NODATA' : 'EAI_NONAME'
}

/** Asks server after server, `attempts` times round; A and AAAA travel side by side over one socket. */
function* ask(
  process: Process,
  conf: ResolvConf,
  name: string,
  types: readonly ('A' | 'AAAA')[],
): Blocking<Outcome> {
  let servfail = false
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const [index, server] of conf.nameservers.entries()) {
      // The first server gets the whole time-out, a later one a share of it that grows with its place.
      const seconds =
        index === 0 ? conf.timeout : Math.floor((conf.timeout << index) / conf.nameservers.length)
      const timeoutMs = 1000 * Math.max(1, seconds)
      const queries = types.map((type) => dnsQuery(newQueryId(process), name, type))
      const exchanges = yield* askServer(process, server, queries, timeoutMs)
      if (exchanges === 'refused') continue
      const answers = exchanges.map(({ answer }) => answer)
      if (answers.some((answer) => usable(answer) && addressesIn(answer).length > 0))
        return gather(name, exchanges)
      if (answers.length < queries.length) continue
      if (answers.every(usable)) {
        return { ok: false, why: answers.some(({ rcode }) => rcode === 'NOERROR') ? 'NODATA' : 'NXDOMAIN' }
      }
      servfail = true
    }
  }
  return { ok: false, why: servfail ? 'SERVFAIL' : 'unreachable' }
}

function* askServer(
  process: Process,
  server: string,
  queries: readonly DnsMessage[],
  timeoutMs: number,
): Blocking<Exchange[] | 'refused'> {
  try {
    const exchanges = yield* exchange(process, [server], queries, { timeoutMs })
    const whole: Exchange[] = []
    for (const each of exchanges) {
      const answer = each.answer.truncated
        ? yield* exchangeTcp(process, server, each.query, { timeoutMs })
        : each.answer
      whole.push({ ...each, answer })
    }
    return whole
  } catch (error) {
    if (error instanceof SystemError) return 'refused'
    throw error
  }
}

const usable = (answer: DnsMessage): boolean => answer.rcode === 'NOERROR' || answer.rcode === 'NXDOMAIN'

function gather(name: string, exchanges: readonly Exchange[]): Outcome {
  const ordered = [...exchanges].sort((a, b) =>
    a.query.question[0]!.type < b.query.question[0]!.type ? -1 : 1,
  )
  const found = ordered.flatMap(({ answer }) => addressesIn(answer))
  const canonical = found[0]?.name ?? name
  return {
    ok: true,
    canonicalName: canonical.replace(/\.$/, ''),
    addresses: found.map(({ address }) => address),
  }
}
