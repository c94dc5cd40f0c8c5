import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import type { Endpoint, SocketLayer } from '../network/index.ts'
import { dnsMessageSize } from '../os/net/dns-size.ts'
import { decodeDnsMessage, encodeDnsMessage, type DnsMessage } from '../os/net/dns.ts'
import { decodeQuery, encodeAnswer, type WireQuery } from './dns-wire.ts'

export interface DnsServerOptions {
  /** On loopback, UDP and TCP. */
  readonly port: number
  /** Where in the simulated network queries start: a machine that reaches the resolver. */
  readonly from: SocketLayer
  readonly resolver: Endpoint
  /** Brings virtual time to now: called before each query. */
  readonly catchUp: () => void
}

/** A datagram that has no answer by then will have none; dig asks again after as long. */
const PATIENCE_MS = 5000

/** Real DNS in front of a resolver in the simulated network: each query goes the way of a simulated client's. */
export async function startDnsServer(options: DnsServerOptions): Promise<() => void> {
  const { port, catchUp } = options
  const udp = createSocket('udp4')
  udp.on('message', (wire, client) => {
    const query = decodeQuery(wire)
    if (!query) return
    catchUp()
    askByDatagram(options, query, (answer) => udp.send(answer, client.port, client.address))
  })
  const tcp = createServer((socket) => serveStream(options, socket))
  await Promise.all([
    new Promise<void>((resolve, reject) => {
      udp.once('error', reject).bind(port, '127.0.0.1', resolve)
    }),
    new Promise<void>((resolve, reject) => {
      tcp.once('error', reject).listen(port, '127.0.0.1', resolve)
    }),
  ])
  return () => {
    udp.close()
    tcp.close()
  }
}

function askByDatagram(
  { from, resolver }: DnsServerOptions,
  query: WireQuery,
  reply: (answer: Buffer) => void,
): void {
  const socket = from.bindUdp({ address: '0.0.0.0', port: 0 })
  const patience = setTimeout(() => socket.close(), PATIENCE_MS)
  socket.handlers = {
    datagram({ payload }) {
      clearTimeout(patience)
      socket.close()
      reply(encodeAnswer(payload as DnsMessage, query))
    },
  }
  socket.send(resolver, query.message, dnsMessageSize(query.message))
}

/** Messages with their length before them, one connection inside for each outside. */
function serveStream({ from, resolver, catchUp }: DnsServerOptions, socket: Socket): void {
  let wire = Buffer.alloc(0)
  let text = ''
  const asked: WireQuery[] = []
  const inside = from.connectTcp(resolver, {
    data(more) {
      text += more
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const answer = decodeDnsMessage(text.slice(0, end))
        text = text.slice(end + 1)
        const query = asked.find(({ message }) => message.id === answer.id)
        if (!query) continue
        const bytes = encodeAnswer(answer, query)
        socket.write(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]))
      }
    },
    end: () => socket.end(),
    error: () => socket.destroy(),
  })
  socket.on('data', (more) => {
    wire = Buffer.concat([wire, more])
    while (wire.length >= 2 && wire.length >= 2 + wire.readUInt16BE(0)) {
      const query = decodeQuery(wire.subarray(2, 2 + wire.readUInt16BE(0)))
      wire = wire.subarray(2 + wire.readUInt16BE(0))
      if (!query) return socket.destroy()
      asked.push(query)
      catchUp()
      inside.send(encodeDnsMessage(query.message))
    }
  })
  socket.on('end', () => inside.end())
  socket.on('error', () => inside.abort())
}
