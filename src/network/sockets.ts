/**
 * What a host's transport layer offers to whoever runs on it. Callbacks, because the network knows no processes:
 * `os/` turns them into system calls that block. Text, not bytes, is what sockets carry; a datagram carries any
 * immutable value (a DNS message is an object, not its wire form).
 */

export interface Endpoint {
  /** Dotted IPv4 or canonical IPv6. */
  readonly address: string
  readonly port: number
}

/** The errno of a failed network operation: what programs print after the colon comes from it. */
export type NetworkError =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ETIMEDOUT'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EPIPE'

export interface TcpHandlers {
  /** The three-way handshake is done. */
  connected?(): void
  /** Text arrived. */
  data?(text: string): void
  /** The peer will send no more (FIN). Sending is still possible. */
  end?(): void
  /** The connection failed or was reset; nothing more will come. */
  error?(error: NetworkError): void
}

export interface TcpConnection {
  readonly local: Endpoint
  readonly remote: Endpoint
  handlers: TcpHandlers
  /** Queues text to the peer; sending after `end` or after an error does nothing. */
  send(text: string): void
  /** Sends FIN: this side will send no more. */
  end(): void
  /** Sends RST and forgets the connection. */
  abort(): void
}

export interface TcpListener {
  readonly local: Endpoint
  close(): void
}

export interface Datagram {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly payload: unknown
}

export interface UdpSocket {
  readonly local: Endpoint
  send(to: Endpoint, payload: unknown, bytes: number): void
  /** `error` is what an ICMP answer to an earlier datagram reported (port unreachable: ECONNREFUSED). */
  handlers: { datagram?(datagram: Datagram): void; error?(error: NetworkError): void }
  close(): void
}

export type PingResult =
  | {
      readonly kind: 'reply'
      readonly from: string
      readonly roundTripMs: number
      readonly ttl: number
      readonly bytes: number
    }
  | { readonly kind: 'unreachable'; readonly from: string; readonly reason: 'net' | 'host' | 'port' }
  | { readonly kind: 'ttl-exceeded'; readonly from: string }

/** The sockets of one host. `Host` in `host.ts` has one as `host.sockets`. */
export interface SocketLayer {
  /** @param address `0.0.0.0` or `::` for every address of the host. @throws NetworkException EADDRINUSE, EADDRNOTAVAIL */
  listenTcp(local: Endpoint, accept: (connection: TcpConnection) => void): TcpListener
  /** Starts a handshake; how it ends comes to the handlers. SYNs are repeated after 1, 3, 7 s ... as Linux does. */
  connectTcp(remote: Endpoint, handlers: TcpHandlers, local?: Partial<Endpoint>): TcpConnection
  /** Port 0 takes an ephemeral one. @throws NetworkException EADDRINUSE, EADDRNOTAVAIL */
  bindUdp(local: Endpoint): UdpSocket
  /** Sends one ICMP echo request; `done` gets at most one result, none when no answer comes. */
  ping(
    address: string,
    options: { ttl: number; bytes: number; sequence: number },
    done: (result: PingResult) => void,
  ): () => void
}

export class NetworkException extends Error {
  readonly code: NetworkError
  constructor(code: NetworkError) {
    super(code)
    this.code = code
  }
}
