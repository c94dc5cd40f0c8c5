import type { Answer, ApiRequest, ChannelPeer } from '../api/wire.ts'
import type { SpdyStream } from './spdy/session.ts'

/** Channels of a forwarded connection, inside of the engine. */
const DATA = 0
const ERROR = 1

/** Asks the API server for one connection to a port of the Pod. */
export type Dial = (query: ApiRequest['query']) => Answer

/** Where one forwarded connection's bytes and its failure go. */
export interface ForwardedConnection {
  data(bytes: Buffer): void
  /** Called at most once: nothing more comes, and why if it was not meant so. */
  end(failure?: string): void
}

/** One connection to a port of the Pod. @returns the way there */
export function dialPort(
  dial: Dial,
  port: string,
  client: ForwardedConnection,
): { send(bytes: Buffer): void; end(): void } {
  const answer = dial({ ports: port })
  if (answer.kind !== 'upgrade') {
    client.end(
      answer.kind === 'response' ? messageOf(answer.response.body) : 'the Pod cannot be forwarded to',
    )
    return { send: () => {}, end: () => {} }
  }
  let failure: string | undefined
  const server: ChannelPeer = answer.start({
    message(channel, text) {
      if (channel === DATA) client.data(Buffer.from(text, 'utf8'))
      else if (channel === ERROR) failure = text
    },
    close: () => client.end(failure),
  })
  const decoder = new TextDecoder()
  return {
    send: (bytes) => server.message(DATA, decoder.decode(bytes, { stream: true })),
    end: () => server.close(),
  }
}

/**
 * Forwarding in numbered channels, two a port: data, then failure. The first message of each names its port.
 * @param send a channel's bytes, to the client
 * @returns where a channel's bytes from the client go
 */
export function forwardChannels(
  dial: Dial,
  ports: readonly string[],
  send: (channel: number, bytes: Buffer) => void,
): { receive(channel: number, bytes: Buffer): void; end(): void } {
  const connections = ports.map((port, index) => {
    const name = Buffer.alloc(2)
    name.writeUInt16LE(Number(port) & 0xffff)
    for (const channel of [DATA, ERROR]) send(2 * index + channel, name)
    return dialPort(dial, port, {
      data: (bytes) => send(2 * index + DATA, bytes),
      end: (failure) => failure !== undefined && send(2 * index + ERROR, Buffer.from(failure)),
    })
  })
  return {
    receive: (channel, bytes) => channel % 2 === DATA && connections[channel / 2]?.send(bytes),
    end: () => connections.forEach((connection) => connection.end()),
  }
}

const messageOf = (body: unknown): string =>
  typeof body === 'string' ? body : String((body as { message?: unknown }).message)

/**
 * `portforward.k8s.io` in SPDY streams: for each connection the client opens two of one `requestID`, first that of the
 * failure, then that of the data.
 */
export function forwardStreams(dial: Dial): (stream: SpdyStream) => void {
  const failures = new Map<string, SpdyStream>()
  return (stream) => {
    const request = stream.headers.get('requestid') ?? ''
    if (stream.headers.get('streamtype') === 'error') return void failures.set(request, stream)
    const failure = failures.get(request)
    failures.delete(request)
    const port = dialPort(dial, stream.headers.get('port') ?? '', {
      data: (bytes) => stream.write(bytes),
      end(reason) {
        if (reason !== undefined) failure?.write(Buffer.from(reason))
        failure?.end()
        stream.end()
      },
    })
    stream.handlers = { data: port.send, end: port.end }
  }
}
