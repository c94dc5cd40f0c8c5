import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { Channel, type Answer, type ApiResponse, type ChannelPeer } from '../api/wire.ts'

/** What clients may ask for; the first that both know is used. v5 adds the half-close of standard input. */
const SUBPROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => SUBPROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
})

/**
 * exec and attach over WebSocket: every message is a channel number (one byte) and its data. A request for anything
 * else (SPDY of clients before 1.30, port-forward's tunnel) is refused with a Status that says so.
 */
export function acceptUpgrade(
  message: IncomingMessage,
  socket: Duplex,
  data: Buffer,
  answer: () => Answer,
): void {
  const offered = String(message.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
  if (
    message.headers.upgrade?.toLowerCase() !== 'websocket' ||
    !SUBPROTOCOLS.some((name) => offered.includes(name))
  ) {
    return refuse(socket, notSpoken(message.headers.upgrade, offered))
  }
  const result = answer()
  if (result.kind === 'response') return refuse(socket, result.response)
  if (result.kind !== 'upgrade') return refuse(socket, notSpoken('websocket', offered))
  sockets.handleUpgrade(message, socket, data, (webSocket) => bridge(webSocket, result))
}

function bridge(webSocket: WebSocket, answer: Answer & { kind: 'upgrade' }): void {
  const client: ChannelPeer = {
    message: (channel, text) =>
      webSocket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text, 'utf8')])),
    close: () => webSocket.close(1000),
  }
  const server = answer.start(client)
  const decoders = new Map<number, TextDecoder>()
  webSocket.on('message', (raw: Buffer) => {
    const channel = raw[0]
    if (channel === undefined) return
    if (channel === Channel.close) return server.message(Channel.close, String.fromCharCode(raw[1] ?? 0))
    let decoder = decoders.get(channel)
    if (!decoder) decoders.set(channel, (decoder = new TextDecoder()))
    server.message(channel, decoder.decode(raw.subarray(1), { stream: true }))
  })
  webSocket.on('close', () => server.close())
  webSocket.on('error', () => server.close())
}

function refuse(socket: Duplex, response: ApiResponse): void {
  const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body)
  const head = [
    `HTTP/1.1 ${response.status} Refused`,
    `Content-Type: ${response.contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function notSpoken(upgrade: string | undefined, offered: readonly string[]): ApiResponse {
  const asked = [upgrade, ...offered].filter(Boolean).join(', ')
  return {
    status: 400,
    contentType: 'application/json',
    warnings: [],
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'BadRequest',
      code: 400,
      message: `unable to upgrade: this server speaks ${SUBPROTOCOLS.join(' and ')} over WebSocket, not ${asked}`,
    },
  }
}
