import { SystemError, type Blocking, type Process } from '../process.ts'
import {
  Headers,
  formatRequest,
  formatResponse,
  textResponse,
  type HttpRequest,
  type HttpResponse,
} from './http-message.ts'
import { HttpError, HttpReader } from './http-reader.ts'
import { listen, type Listener, type Socket } from './sockets.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { withThreads } from './threads.ts'

export { Headers, formatRequest, formatResponse, textResponse } from './http-message.ts'
export type { HttpRequest, HttpResponse } from './http-message.ts'
export { HttpError, HttpReader } from './http-reader.ts'
export type { ResponseHead } from './http-reader.ts'

export interface HttpServerOptions {
  readonly port: number
  /** Default: every address. */
  readonly address?: string
  /** Answers a request; several run at once, one for each connection. */
  readonly handler: (request: HttpRequest, connection: HttpConnection) => Blocking<HttpResponse>
  /** How long an idle connection is kept, in ms; 0 closes after each response. Default 75 s, as nginx does. */
  readonly keepAliveMs?: number
  /** Answer to what is not HTTP. Default: a plain 400. */
  readonly badRequest?: (error: HttpError, connection: HttpConnection) => HttpResponse
  /** Told after each response was sent: for access logs. */
  readonly served?: (
    request: HttpRequest,
    response: HttpResponse,
    connection: HttpConnection,
  ) => Blocking<void>
}

export interface HttpConnection {
  readonly socket: Socket
  /** How many requests came over it, with this one. */
  readonly requests: number
}

/** A server that can be told to stop: `close` stops listening, `drain` lets what is under way finish. */
export interface HttpServer {
  readonly listener: Listener
  /** Stops listening at once, closes idle connections, and lets requests under way finish. */
  readonly drain: () => void
}

/**
 * Serves HTTP/1.1 until the process ends or `drain` was called and the last response is out; each connection is a
 * thread of this process.
 * @param started gets the server once it listens
 * @throws SystemError EADDRINUSE, EADDRNOTAVAIL
 */
export function* serveHttp(
  process: Process,
  options: HttpServerOptions,
  started?: (server: HttpServer) => void,
): Blocking<void> {
  const listener = listen(process, options.port, options.address)
  const connections = new Set<ConnectionState>()
  let draining = false
  const isDraining = () => draining
  started?.({
    listener,
    drain() {
      draining = true
      listener.close()
      for (const connection of [...connections]) if (connection.idle) connection.socket.close()
    },
  })
  yield* withThreads<void>(function* (start) {
    while (!draining) {
      let socket: Socket
      try {
        socket = yield* listener.accept()
      } catch (error) {
        if (draining && error instanceof SystemError) break
        throw error
      }
      const state: ConnectionState = { socket, requests: 0, idle: true }
      connections.add(state)
      start(serveConnection(options, state, isDraining, () => connections.delete(state)))
    }
    while (connections.size > 0) yield* process.sleep(10)
  })
}

interface ConnectionState extends HttpConnection {
  requests: number
  idle: boolean
}

function* serveConnection(
  options: HttpServerOptions,
  state: ConnectionState,
  isDraining: () => boolean,
  ended: () => void,
): Blocking<void> {
  const { socket } = state
  const keepAliveMs = options.keepAliveMs ?? 75_000
  const reader = new HttpReader(socket, keepAliveMs || 60_000)
  try {
    for (;;) {
      state.idle = true
      const request = yield* nextRequest(reader, options, state)
      if (!request) break
      state.idle = false
      state.requests++
      const answer = yield* options.handler(request, state)
      const keep = keepAliveMs > 0 && !isDraining() && wantsKeepAlive(request) && !closes(answer.headers)
      const response = finish(request, answer, keep)
      yield* socket.write(formatResponse(request.method === 'HEAD' ? { ...response, body: '' } : response))
      if (options.served) yield* options.served(request, response, state)
      if (!keep) break
    }
  } finally {
    ended()
    socket.close()
  }
}

function* nextRequest(
  reader: HttpReader,
  options: HttpServerOptions,
  connection: HttpConnection,
): Blocking<HttpRequest | null> {
  try {
    return yield* reader.request()
  } catch (error) {
    if (!(error instanceof HttpError) || error.kind === 'truncated') {
      if (error instanceof HttpError || error instanceof SystemError) return null
      throw error
    }
    const answer = options.badRequest?.(error, connection) ?? textResponse(400, '400 Bad Request')
    yield* connection.socket.write(
      formatResponse({ ...answer, headers: new Headers(answer.headers).set('Connection', 'close') }),
    )
    return null
  }
}

/** Adds what framing needs: Content-Length when the handler gave none, and Connection. */
function finish(request: HttpRequest, answer: HttpResponse, keep: boolean): HttpResponse {
  const headers = new Headers(answer.headers)
  if (
    !headers.has('Content-Length') &&
    !headers.has('Transfer-Encoding') &&
    answer.status !== 204 &&
    answer.status !== 304
  ) {
    headers.set('Content-Length', String(utf8Length(answer.body)))
  }
  if (!headers.has('Connection')) {
    if (!keep) headers.set('Connection', 'close')
    else if (request.version === '1.0') headers.set('Connection', 'keep-alive')
  }
  return { ...answer, headers }
}

function wantsKeepAlive(request: HttpRequest): boolean {
  const connection = request.headers.get('connection')?.toLowerCase()
  return request.version === '1.1' ? connection !== 'close' : connection === 'keep-alive'
}

const closes = (headers: Headers): boolean => headers.get('connection')?.toLowerCase() === 'close'

/**
 * Sends a request over a connected socket and reads the whole response.
 * @throws SystemError of the connection, HttpError when the answer is not HTTP or is cut short
 */
export function* httpRequest(
  socket: Socket,
  request: HttpRequest,
  options: { readonly timeoutMs?: number } = {},
): Blocking<HttpResponse> {
  yield* socket.write(formatRequest(request))
  return yield* new HttpReader(socket, options.timeoutMs).response(request.method)
}
