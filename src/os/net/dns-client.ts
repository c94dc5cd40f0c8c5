import { SystemError, type Blocking, type Process } from '../process.ts'
import { decodeDnsMessage, encodeDnsMessage, sameName, type DnsMessage } from './dns.ts'
import { dnsMessageSize } from './dns-size.ts'
import { remembering } from '../text.ts'
import { bindUdp, connect } from './sockets.ts'

/** One answer of several, with the query it belongs to and how long it took. */
export interface Exchange {
  readonly query: DnsMessage
  readonly answer: DnsMessage
  readonly server: string
  readonly elapsedMs: number
}

export interface ExchangeOptions {
  readonly port?: number
  /** For all queries together. */
  readonly timeoutMs: number
  /** Ends the waiting early, e.g. at the first usable answer. Default: when every query has one. */
  readonly enough?: (exchanges: readonly Exchange[]) => boolean
  /** Takes an answer for good? What is refused is waited for on. Default: any answer is. */
  readonly accept?: (answer: DnsMessage) => boolean
}

const streamName = remembering((hostname) => `dns:${hostname}`)

/** A number for a message, from the machine's own stream of chance. */
export function newQueryId(process: Process): number {
  return process.machine.simulation.random(streamName(process.machine.hostname)).integer(65_536)
}

/**
 * Sends queries over UDP to all servers at once and gathers the answers in the order of their coming.
 * @throws SystemError ECONNREFUSED when a server has told that nobody listens, and nothing else came
 */
export function* exchange(
  process: Process,
  servers: readonly string[],
  queries: readonly DnsMessage[],
  options: ExchangeOptions,
): Blocking<Exchange[]> {
  const startedMs = process.now()
  const exchanges: Exchange[] = []
  const socket = bindUdp(process)
  const enough = options.enough ?? ((all: readonly Exchange[]) => all.length === queries.length)
  try {
    for (const query of queries) {
      for (const server of servers) {
        socket.send({ address: server, port: options.port ?? 53 }, query, dnsMessageSize(query))
      }
    }
    while (!enough(exchanges)) {
      const leftMs = startedMs + options.timeoutMs - process.now()
      const datagram = leftMs > 0 ? yield* socket.receive(leftMs) : undefined
      if (!datagram) break
      const answer = datagram.payload as DnsMessage
      const query = queries.find((each) => answers(answer, each))
      if (!query || exchanges.some((known) => known.query === query)) continue
      if (options.accept && !options.accept(answer)) continue
      exchanges.push({ query, answer, server: datagram.from.address, elapsedMs: process.now() - startedMs })
    }
  } finally {
    socket.close()
  }
  return exchanges
}

/**
 * Asks one server over TCP, as for answers that were truncated.
 * @throws SystemError of the connection
 */
export function* exchangeTcp(
  process: Process,
  server: string,
  query: DnsMessage,
  options: { readonly port?: number; readonly timeoutMs: number },
): Blocking<DnsMessage> {
  const socket = yield* connect(process, server, options.port ?? 53, { timeoutMs: options.timeoutMs })
  try {
    yield* socket.write(encodeDnsMessage(query))
    let text = ''
    while (!text.includes('\n')) {
      const more = yield* socket.read(options.timeoutMs)
      if (more === null) throw new SystemError('ECONNRESET')
      text += more
    }
    return decodeDnsMessage(text.slice(0, text.indexOf('\n')))
  } finally {
    socket.close()
  }
}

function answers(answer: DnsMessage, query: DnsMessage): boolean {
  const [asked] = query.question
  const [echoed] = answer.question
  if (!answer.response || answer.id !== query.id) return false
  return (
    asked === undefined ||
    echoed === undefined ||
    (asked.type === echoed.type && sameName(asked.name, echoed.name))
  )
}
