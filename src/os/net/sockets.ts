import {
  NetworkException,
  type Datagram,
  type Endpoint,
  type NetworkError,
  type TcpConnection,
  type UdpSocket,
} from '../../network/sockets.ts'
import { SystemError, type Blocking, type OpenFile, type Process } from '../process.ts'
import { openDescriptor, releaseDescriptor } from './descriptors.ts'
import { Inbox, waitAtMost } from './waiting.ts'

/** A connected stream socket. Text flows; the process that opened it closes it by ending, at the latest. */
export interface Socket extends OpenFile {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** Next text, null after the peer's FIN. @throws SystemError ECONNRESET ..., ETIMEDOUT after `timeoutMs` of silence */
  read(timeoutMs?: number): Blocking<string | null>
  /** Sends FIN; reading goes on. */
  shutdown(): void
  /** Sends RST. */
  abort(): void
}

export interface Listener {
  readonly local: Endpoint
  /** The next connection, after those already made. */
  accept(): Blocking<Socket>
  close(): void
}

export interface DatagramSocket {
  readonly local: Endpoint
  /** @param bytes the size on the wire, since a payload is a value */
  send(to: Endpoint, payload: unknown, bytes: number): void
  /**
   * The next datagram; undefined when none came within `timeoutMs`.
   * @throws SystemError ECONNREFUSED when an ICMP answer said that nobody listens there
   */
  receive(timeoutMs?: number): Blocking<Datagram | undefined>
  close(): void
}

/**
 * Connects to an address (names are `getaddrinfo`'s business).
 * @throws SystemError ECONNREFUSED, EHOSTUNREACH, ...; ETIMEDOUT after `timeoutMs`, else when TCP gives up
 */
export function* connect(
  process: Process,
  address: string,
  port: number,
  options: { readonly timeoutMs?: number; readonly local?: Partial<Endpoint> } = {},
): Blocking<Socket> {
  let adopted: Adopted | undefined
  const outcome = yield* waitAtMost<NetworkError | 'connected'>(process, options.timeoutMs, (resume) => {
    const opening = systemCall(() => process.machine.network.connectTcp({ address, port }, {}, options.local))
    adopted = adopt(opening, { connected: () => resume('connected'), failed: resume })
    return () => opening.abort()
  })
  if (outcome !== 'connected') throw new SystemError(outcome ?? 'ETIMEDOUT')
  return openSocket(process, adopted!)
}

/** @throws SystemError EADDRINUSE, EADDRNOTAVAIL */
export function listen(process: Process, port: number, address = '0.0.0.0'): Listener {
  const waiting = new Inbox<Adopted>()
  const sockets = process.machine.network
  const listener = systemCall(() =>
    sockets.listenTcp({ address, port }, (connection) => waiting.put(adopt(connection))),
  )
  const file = notReadable(() => {
    listener.close()
    waiting.end()
  })
  openDescriptor(process, file)
  return {
    local: listener.local,
    *accept() {
      const next = yield* waiting.take(process)
      if (typeof next === 'string') throw new SystemError('EINVAL')
      return openSocket(process, next.item)
    },
    close() {
      releaseDescriptor(process, file)
      file.close()
    },
  }
}

/** @param local port 0 takes an ephemeral one. @throws SystemError EADDRINUSE, EADDRNOTAVAIL */
export function bindUdp(process: Process, local: Partial<Endpoint> = {}): DatagramSocket {
  const address = local.address ?? '0.0.0.0'
  const socket: UdpSocket = systemCall(() =>
    process.machine.network.bindUdp({ address, port: local.port ?? 0 }),
  )
  const arrived = new Inbox<Datagram | NetworkError>()
  socket.handlers = { datagram: (datagram) => arrived.put(datagram), error: (error) => arrived.put(error) }
  const file = notReadable(() => socket.close())
  openDescriptor(process, file)
  return {
    local: socket.local,
    send: (to, payload, bytes) => socket.send(to, payload, bytes),
    *receive(timeoutMs) {
      const next = yield* arrived.take(process, timeoutMs)
      if (typeof next === 'string') return undefined
      if (typeof next.item === 'string') throw new SystemError(next.item)
      return next.item
    },
    close() {
      releaseDescriptor(process, file)
      file.close()
    },
  }
}

/** Runs a call of the socket layer; its exceptions become errors of a system call. */
export function systemCall<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (error instanceof NetworkException) throw new SystemError(error.code)
    throw error
  }
}

/** A connection and what has arrived over it. */
interface Adopted {
  readonly connection: TcpConnection
  readonly text: Inbox<string>
  error: NetworkError | undefined
}

/** Starts to keep what arrives: text may come before anybody accepted the connection or noticed that it is made. */
function adopt(
  connection: TcpConnection,
  opening?: { connected(): void; failed(error: NetworkError): void },
): Adopted {
  const inbox: Adopted = { connection, text: new Inbox(), error: undefined }
  connection.handlers = {
    connected: () => opening?.connected(),
    data: (text) => inbox.text.put(text),
    end: () => inbox.text.end(),
    error(error) {
      inbox.error = error
      inbox.text.end()
      opening?.failed(error)
    },
  }
  return inbox
}

function openSocket(process: Process, inbox: Adopted): Socket {
  const { connection } = inbox
  let finished = false
  let closed = false
  const abort = () => connection.abort()
  const failure = (): void => {
    const error = inbox.error
    if (error) throw new SystemError(error)
  }
  const socket: Socket = {
    local: connection.local,
    remote: connection.remote,
    *read(timeoutMs) {
      if (closed) throw new SystemError('EBADF')
      const next = yield* inbox.text.take(process, timeoutMs)
      if (next === 'timeout') throw new SystemError('ETIMEDOUT')
      if (next !== 'ended') return next.item
      failure()
      return null
    },
    // A socket takes what it is given: the window of the peer is not modelled, so writing never blocks.

    *write(text) {
      failure()
      if (finished || closed) throw new SystemError('EPIPE')
      connection.send(text)
    },
    shutdown() {
      if (finished || inbox.error) return
      finished = true
      connection.end()
    },
    abort() {
      connection.abort()
      socket.close()
    },
    close() {
      if (closed) return
      closed = true
      releaseDescriptor(process, socket)
      const unread = inbox.text.size > 0
      inbox.text.end()
      // As in Linux: closing with unread data, or data that comes after the close, answers with a reset.
      connection.handlers = { data: abort }
      if (inbox.error) return
      if (unread) connection.abort()
      else if (!finished) connection.end()
      finished = true
    },
  }
  openDescriptor(process, socket)
  return socket
}

/** What a listening or datagram socket is to `read` and `write`: a descriptor that only closes. */
function notReadable(close: () => void): OpenFile {
  const refuse = function* (): Blocking<never> {
    throw new SystemError('EINVAL')
  }
  return { read: refuse, write: refuse, close }
}
