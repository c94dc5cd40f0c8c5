import { absoluteName, dnsQuery, sameName, type DnsMessage, type QuestionType } from '../../net/dns.ts'
import { exchange, exchangeTcp, newQueryId } from '../../net/dns-client.ts'
import { getaddrinfo, readResolvConf } from '../../net/resolver.ts'
import { SystemError, type Blocking, type Process } from '../../process.ts'

/** How BIND's tools (dig, host, nslookup) ask. */
export interface BindQuery {
  readonly servers: readonly string[]
  readonly port: number
  readonly timeoutMs: number
  readonly tries: number
  readonly tcp: boolean
  readonly edns: boolean
  readonly recurse: boolean
}

export interface BindAnswer {
  readonly query: DnsMessage
  readonly answer: DnsMessage
  readonly server: string
  readonly elapsedMs: number
}

/** Asks one server after the other, `tries` times each. `note` gets what goes wrong on the way, a line each. */
export function* askServers(
  process: Process,
  name: string,
  type: QuestionType,
  how: BindQuery,
  note: (line: string) => Blocking<void>,
): Blocking<BindAnswer | undefined> {
  const cookie = how.edns ? hexDigits(process, 16) : undefined
  const edns = cookie === undefined ? undefined : { udpSize: 1232, cookie }
  const made = dnsQuery(newQueryId(process), name, type, edns ? { edns } : {})
  const query = { ...made, recursionDesired: how.recurse }
  for (const server of how.servers) {
    for (let attempt = 0; attempt < how.tries; attempt++) {
      const startedMs = process.now()
      try {
        const found = yield* askOnce(process, server, query, how)
        if (found) return { query, answer: found, server, elapsedMs: process.now() - startedMs }
        yield* note(`;; communications error to ${server}#${how.port}: timed out\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* note(`;; communications error to ${server}#${how.port}: ${error.message.toLowerCase()}\n`)
      }
    }
  }
  return undefined
}

function* askOnce(
  process: Process,
  server: string,
  query: DnsMessage,
  how: BindQuery,
): Blocking<DnsMessage | undefined> {
  const { port, timeoutMs } = how
  if (how.tcp) return yield* exchangeTcp(process, server, query, { port, timeoutMs })
  const [first] = yield* exchange(process, [server], [query], { port, timeoutMs })
  return first?.answer.truncated
    ? yield* exchangeTcp(process, server, query, { port, timeoutMs })
    : first?.answer
}

function hexDigits(process: Process, count: number): string {
  const random = process.machine.simulation.random(`dns:${process.machine.hostname}`)
  return Array.from({ length: count }, () => random.integer(16).toString(16)).join('')
}

/** The names to try for one that was typed: BIND's tools search as the resolver does, by ndots. */
export function searchNames(process: Process, name: string): string[] {
  if (name.endsWith('.')) return [name]
  const conf = readResolvConf(process)
  const searched = conf.search.map((domain) => `${name}.${domain}.`)
  const asIs = absoluteName(name)
  return name.split('.').length - 1 >= conf.ndots ? [asIs, ...searched] : [...searched, asIs]
}

/** The addresses of a server given by name or address; undefined when it is unknown. */
export function* serverAddresses(
  process: Process,
  server: string | undefined,
): Blocking<readonly string[] | undefined> {
  if (server === undefined) return readResolvConf(process).nameservers
  const found = yield* getaddrinfo(process, server)
  return found.ok ? found.addresses.slice(0, 1) : undefined
}

/** Where the CNAMEs of an answer lead to, from `name` on. */
export function canonicalName(answer: DnsMessage, name: string): string {
  let current = name
  for (let hops = 0; hops < 16; hops++) {
    const alias = answer.answers.find((record) => record.type === 'CNAME' && sameName(record.name, current))
    if (alias?.type !== 'CNAME') break
    current = alias.target
  }
  return current
}
