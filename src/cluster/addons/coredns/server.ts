import type { TcpListener, UdpSocket } from '../../../network/sockets.ts'
import type { Process } from '../../../os/index.ts'
import { decodeDnsMessage, dnsResponse, encodeDnsMessage, type DnsMessage } from '../../../os/net/dns.ts'
import { dnsMessageSize } from '../../../os/net/dns-size.ts'
import { isBelow, normalise, type DnsRequest, type Handler } from './plugin.ts'

/** The chains of one port by zone. */
export type Zones = ReadonlyMap<string, Handler>

/** What a datagram may carry when the client does not say more. */
const CLASSIC_UDP_SIZE = 512

/** Listens on a port over UDP and TCP, and gives each query to the chain of the longest zone that it is in. */
export class DnsServer {
  readonly port: number
  zones: Zones
  readonly #udp: UdpSocket
  readonly #tcp: TcpListener

  /** @throws NetworkException EADDRINUSE */
  constructor(process: Process, port: number, zones: Zones) {
    this.port = port
    this.zones = zones
    const { network } = process.machine
    this.#udp = network.bindUdp({ address: '0.0.0.0', port })
    this.#udp.handlers = {
      datagram: ({ from, payload }) => {
        const message = payload as DnsMessage
        if (typeof message !== 'object' || message === null || message.response) return
        this.#serve(message, from, 'udp', (answer) => {
          const fitting = truncate(answer, message.edns?.udpSize ?? CLASSIC_UDP_SIZE)
          this.#udp.send(from, fitting, dnsMessageSize(fitting))
        })
      },
    }
    this.#tcp = network.listenTcp({ address: '0.0.0.0', port }, (connection) => {
      let text = ''
      connection.handlers = {
        data: (more) => {
          text += more
          for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
            const line = text.slice(0, end)
            text = text.slice(end + 1)
            const message = decode(line)
            if (!message) return connection.abort()
            this.#serve(message, connection.remote, 'tcp', (answer) =>
              connection.send(encodeDnsMessage(answer)),
            )
          }
        },
        end: () => connection.end(),
      }
    })
  }

  close(): void {
    this.#udp.close()
    this.#tcp.close()
  }

  #serve(
    message: DnsMessage,
    client: DnsRequest['client'],
    protocol: 'udp' | 'tcp',
    reply: (answer: DnsMessage) => void,
  ): void {
    const [question] = message.question
    if (!question) return reply(dnsResponse(message, { rcode: 'FORMERR' }))
    if (message.opcode !== 'QUERY') return reply(dnsResponse(message, { rcode: 'NOTIMP' }))
    const name = normalise(question.name)
    let longest: string | undefined
    for (const zone of this.zones.keys()) {
      if (isBelow(name, zone) && (longest === undefined || zone.length > longest.length)) longest = zone
    }
    if (longest === undefined || question.class !== 'IN')
      return reply(dnsResponse(message, { rcode: 'REFUSED' }))
    this.zones.get(longest)!({ message, question, client, protocol }, reply)
  }
}

function decode(line: string): DnsMessage | undefined {
  try {
    return decodeDnsMessage(line)
  } catch {
    return undefined
  }
}

/** Leaves out what does not fit, first what is only extra, and says so. */
function truncate(answer: DnsMessage, size: number): DnsMessage {
  if (dnsMessageSize(answer) <= size) return answer
  const bare: DnsMessage = { ...answer, additional: [] }
  if (dnsMessageSize(bare) <= size) return bare
  const cut = (count: number) => ({ ...bare, truncated: true, answers: answer.answers.slice(0, count) })
  // A headless Service may have a thousand answers: halve the range in which the most that fits lies.
  let fits = 0
  let tooMany = answer.answers.length
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (dnsMessageSize(cut(middle)) <= size) fits = middle
    else tooMany = middle
  }
  return cut(fits)
}
