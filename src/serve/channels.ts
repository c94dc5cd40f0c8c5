import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { Channel, type Answer, type ApiRequest, type ApiResponse, type ChannelPeer } from '../api/wire.ts'
import { targetOf } from './http-request.ts'
import { forwardChannels, forwardStreams, type Dial } from './port-forward.ts'
import { SpdySession } from './spdy/session.ts'

/** What clients may ask for; the first that both know is used. v5 adds the half-close of standard input. */
const CHANNELS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
/** Port-forward of kubectl: SPDY's frames in the messages of a WebSocket. */
const TUNNEL = 'SPDY/3.1+portforward.k8s.io'
const SUBPROTOCOLS = [...CHANNELS, TUNNEL]

const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => CHANNELS.find((protocol) => offered.has(protocol)) ?? false,
})

/** The tunnel's name is no token, so the library neither reads nor writes it. */
const tunnels = new WebSocketServer({ noServer: true })
tunnels.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${TUNNEL}`))

/**
 * exec, attach and port-forward over WebSocket. A request for anything else (SPDY of clients before 1.30) is refused with
 * a Status that says so.
 * @param ask the API server's answer to the request, with other query parameters if given
 */
export function acceptUpgrade(
  message: IncomingMessage,
  socket: Duplex,
  data: Buffer,
  ask: (query?: ApiRequest['query']) => Answer,
): void {
  const offered = String(message.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
  const spoken = SUBPROTOCOLS.find((name) => offered.includes(name))
  if (message.headers.upgrade?.toLowerCase() !== 'websocket' || !spoken) {
    // What is wrong with the request itself is said in any protocol.
    const result = ask()
    const wrong = result.kind === 'response' && result.response.status >= 400
    return refuse(socket, wrong ? result.response : notSpoken(message.headers.upgrade, offered))
  }
  if (spoken === TUNNEL) {
    delete message.headers['sec-websocket-protocol']
    return tunnels.handleUpgrade(message, socket, data, (webSocket) => tunnel(webSocket, ask))
  }
  const { path, parameters } = targetOf(message)
  if (path.endsWith('/portforward')) {
    const ports = parameters.getAll('ports').flatMap((text) => text.split(','))
    return sockets.handleUpgrade(message, socket, data, (webSocket) => forward(webSocket, ask, ports))
  }
  const result = ask()
  if (result.kind === 'response') return refuse(socket, result.response)
  if (result.kind !== 'upgrade') return refuse(socket, notSpoken('websocket', offered))
  sockets.handleUpgrade(message, socket, data, (webSocket) => bridge(webSocket, result))
}

function tunnel(webSocket: WebSocket, dial: Dial): void {
  const session = new SpdySession((bytes) => webSocket.send(bytes), forwardStreams(dial))
  webSocket.on('message', (bytes: Buffer) => void session.receive(bytes).catch(() => webSocket.close(1002)))
  webSocket.on('close', () => session.close())
  webSocket.on('error', () => session.close())
}

function forward(webSocket: WebSocket, dial: Dial, ports: readonly string[]): void {
  const forwarding = forwardChannels(dial, ports, (channel, bytes) =>
    webSocket.send(Buffer.concat([Buffer.from([channel]), bytes])),
  )
  webSocket.on('message', (raw: Buffer) => forwarding.receive(raw[0] ?? 0, raw.subarray(1)))
  webSocket.on('close', () => forwarding.end())
  webSocket.on('error', () => forwarding.end())
}

/** Every message is a channel number (one byte) and its data. */
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
