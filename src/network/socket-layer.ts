import { formatAddress, parseAddress, tryParseAddress, UNSPECIFIED, type Address } from './address.ts'
import { FlowTable } from './flow-table.ts'
import type { Host } from './host.ts'
import { sendReset, sendUnreachable } from './icmp.ts'
import { originalOf, TCP_ACK, TCP_RST, TCP_SYN, type Packet, type UnreachableCode } from './packet.ts'
import { Pings } from './ping.ts'
import {
  NetworkException,
  type Endpoint,
  type NetworkError,
  type PingResult,
  type SocketLayer,
  type TcpConnection,
  type TcpHandlers,
  type TcpListener,
  type UdpSocket,
} from './sockets.ts'
import { Tcp, type TcpOwner } from './tcp.ts'
import { Udp } from './udp.ts'

/** `net.ipv4.ip_local_port_range`. */
const EPHEMERAL_FROM = 32_768
const EPHEMERAL_TO = 60_999
const TIME_WAIT_MS = 60_000
/** `tcp_tw_reuse`: a client may take the port of a connection that ended this long ago. */
const TIME_WAIT_REUSE_MS = 1000
/** `net.core.somaxconn`: handshakes that may be under way with one listener. */
const BACKLOG = 4096

interface Listener extends TcpListener {
  readonly address: Address
  readonly accept: (connection: TcpConnection) => void
  handshakes: number
}

/** A line of `ss -tuna`. */
export interface SocketInfo {
  readonly protocol: 'tcp' | 'udp'
  readonly state: string
  readonly local: Endpoint
  readonly remote: Endpoint | undefined
}

/** The transport layer of a host: finds the socket for each packet that arrived, and ports for those who send. */
export class HostSockets implements SocketLayer, TcpOwner {
  readonly host: Host
  readonly #listeners = new Map<number, Listener[]>()
  /** By the tuple of packets that arrive: source is the peer. */
  readonly #connections = new FlowTable<Tcp>()
  readonly #accepting = new Map<Tcp, Listener>()
  readonly #udp = new Map<number, Udp[]>()
  readonly #pings: Pings
  /** Connections in TIME-WAIT, the first to end first. */
  #timeWait: Tcp[] = []
  #nextPort: number | undefined

  constructor(host: Host) {
    this.host = host
    this.#pings = new Pings(host)
  }

  listenTcp(local: Endpoint, accept: (connection: TcpConnection) => void): TcpListener {
    const address = this.#localAddress(local.address)
    const listeners = this.#listeners.get(local.port) ?? []
    if (listeners.some((other) => overlap(other.address, address))) throw new NetworkException('EADDRINUSE')
    const port =
      local.port === 0 ? this.#freePort((candidate) => !this.#listeners.has(candidate)) : local.port
    if (port === undefined) throw new NetworkException('EADDRINUSE')
    const close = () => {
      const left = (this.#listeners.get(port) ?? []).filter((other) => other !== listener)
      if (left.length > 0) this.#listeners.set(port, left)
      else this.#listeners.delete(port)
    }
    const listener: Listener = {
      local: { address: local.address, port },
      address,
      accept,
      handshakes: 0,
      close,
    }
    this.#listeners.set(port, [...(this.#listeners.get(port) ?? []), listener])
    return listener
  }

  connectTcp(remote: Endpoint, handlers: TcpHandlers, local: Partial<Endpoint> = {}): TcpConnection {
    const wanted = parseAddress(remote.address)
    const address = wanted === UNSPECIFIED ? parseAddress('127.0.0.1') : wanted
    const source = local.address === undefined ? this.host.sourceFor(address) : tryParseAddress(local.address)
    if (source === undefined) return this.#failed(remote, handlers, 'ENETUNREACH')
    const port =
      local.port || this.#freePort((candidate) => this.#mayConnect(source, candidate, address, remote.port))
    if (port === undefined) return this.#failed(remote, handlers, 'EADDRNOTAVAIL')
    if (local.port && !this.#mayConnect(source, port, address, remote.port)) {
      return this.#failed(remote, handlers, 'EADDRINUSE')
    }
    const connection = new Tcp(this, { address: source, port }, { address, port: remote.port }, handlers)
    this.#add(connection)
    return connection
  }

  bindUdp(local: Endpoint): UdpSocket {
    const address = this.#localAddress(local.address)
    const port = local.port || this.#freePort((candidate) => !this.#udp.has(candidate))
    const others = port === undefined ? undefined : (this.#udp.get(port) ?? [])
    if (port === undefined || others!.some((other) => overlap(other.localAddress, address))) {
      throw new NetworkException('EADDRINUSE')
    }
    const socket = new Udp(this.host, address, port, (closed) => {
      const left = (this.#udp.get(port) ?? []).filter((other) => other !== closed)
      if (left.length > 0) this.#udp.set(port, left)
      else this.#udp.delete(port)
    })
    this.#udp.set(port, [...others!, socket])
    return socket
  }

  ping(
    address: string,
    options: { ttl: number; bytes: number; sequence: number },
    done: (result: PingResult) => void,
  ): () => void {
    return this.#pings.send(address, options, done)
  }

  /** Every socket, for `ss` and `netstat`. */
  list(): SocketInfo[] {
    const infos: SocketInfo[] = []
    for (const listeners of this.#listeners.values()) {
      for (const { local } of listeners)
        infos.push({ protocol: 'tcp', state: 'LISTEN', local, remote: undefined })
    }
    for (const { state, local, remote } of this.#connections.values())
      infos.push({ protocol: 'tcp', state, local, remote })
    for (const sockets of this.#udp.values()) {
      for (const { local } of sockets)
        infos.push({ protocol: 'udp', state: 'UNCONN', local, remote: undefined })
    }
    return infos
  }

  /** A packet reached this host and passed its rules. */
  receive(packet: Packet): void {
    const original = originalOf(packet)
    if (original) this.#receiveError(packet, original)
    else if (packet.protocol === 'tcp') this.#receiveTcp(packet)
    else if (packet.protocol === 'udp') this.#receiveUdp(packet)
    else this.#pings.receive(packet)
  }

  established(connection: Tcp): void {
    const listener = this.#accepting.get(connection)
    if (!listener) return
    this.#accepting.delete(connection)
    listener.handshakes--
    listener.accept(connection)
  }

  closed(connection: Tcp): void {
    const listener = this.#accepting.get(connection)
    if (listener) listener.handshakes--
    this.#accepting.delete(connection)
    if (connection.state !== 'TIME-WAIT') return this.#remove(connection)
    connection.timeWaitUntilMs = this.host.simulation.nowMs + TIME_WAIT_MS
    this.#timeWait.push(connection)
    if (this.#timeWait.length % 256 === 0) this.#expireTimeWait()
  }

  /** The host disappears: no socket says goodbye. */
  shutDown(): void {
    for (const connection of [...this.#connections.values()]) connection.vanish()
    this.#listeners.clear()
    this.#udp.clear()
  }

  #receiveTcp(packet: Packet): void {
    const { source, sourcePort, destination, destinationPort, flags } = packet
    const connection = this.#connections.get('tcp', source, sourcePort, destination, destinationPort)
    const opens = (flags & (TCP_SYN | TCP_ACK | TCP_RST)) === TCP_SYN
    if (connection && !(opens && connection.state === 'TIME-WAIT')) return connection.receive(packet)
    const listener = opens ? this.#listenerFor(destination, destinationPort) : undefined
    if (!listener) return sendReset(this.host, packet)
    if (listener.handshakes >= BACKLOG) return
    if (connection) this.#remove(connection)
    const local = { address: destination, port: destinationPort }
    const accepted = new Tcp(this, local, { address: source, port: sourcePort }, {}, packet)
    listener.handshakes++
    this.#accepting.set(accepted, listener)
    this.#add(accepted)
  }

  #receiveUdp(packet: Packet): void {
    const socket = this.#udpFor(packet.destination, packet.destinationPort)
    if (socket) socket.receive(packet)
    else sendUnreachable(this.host, packet, 'port')
  }

  #receiveError(packet: Packet, original: Packet): void {
    if (original.protocol === 'icmp') return this.#pings.failed(packet, original)
    const error = errorOf(packet)
    if (!error) return
    const { source, sourcePort, destination, destinationPort } = original
    if (original.protocol === 'udp') {
      // Linux tells a UDP socket of errors that are final only: a network or host out of reach may come back.
      if (error === 'ECONNREFUSED') this.#udpFor(source, sourcePort)?.handlers.error?.(error)
    } else this.#connections.get('tcp', destination, destinationPort, source, sourcePort)?.unreachable(error)
  }

  #listenerFor(address: Address, port: number): Listener | undefined {
    const listeners = this.#listeners.get(port)
    return (
      listeners?.find((one) => one.address === address) ??
      listeners?.find((one) => one.address === UNSPECIFIED)
    )
  }

  #udpFor(address: Address, port: number): Udp | undefined {
    const sockets = this.#udp.get(port)
    return (
      sockets?.find((one) => one.localAddress === address) ??
      sockets?.find((one) => one.localAddress === UNSPECIFIED)
    )
  }

  #mayConnect(source: Address, port: number, destination: Address, destinationPort: number): boolean {
    if (this.#listeners.has(port)) return false
    const taken = this.#connections.get('tcp', destination, destinationPort, source, port)
    if (!taken) return true
    const endedMs = taken.timeWaitUntilMs - TIME_WAIT_MS
    if (taken.state !== 'TIME-WAIT' || this.host.simulation.nowMs - endedMs < TIME_WAIT_REUSE_MS) return false
    this.#remove(taken)
    return true
  }

  /** Ports are tried in turn, from a place that chance chose. */
  #freePort(isFree: (port: number) => boolean): number | undefined {
    const count = EPHEMERAL_TO - EPHEMERAL_FROM + 1
    this.#nextPort ??= this.host.simulation.random(`ports ${this.host.name}`).integer(count)
    for (let tried = 0; tried < count; tried++) {
      const port = EPHEMERAL_FROM + this.#nextPort
      this.#nextPort = (this.#nextPort + 1) % count
      if (isFree(port)) return port
    }
    return undefined
  }

  #localAddress(text: string): Address {
    const address = text === '::' || text === '' ? UNSPECIFIED : tryParseAddress(text)
    if (address === undefined || (address !== UNSPECIFIED && !this.host.isLocal(address))) {
      throw new NetworkException('EADDRNOTAVAIL')
    }
    return address
  }

  #add(connection: Tcp): void {
    const { remoteAddress, remotePort, localAddress, localPort } = connection
    this.#connections.add('tcp', remoteAddress, remotePort, localAddress, localPort, connection)
  }

  #remove({ remoteAddress, remotePort, localAddress, localPort }: Tcp): void {
    this.#connections.delete('tcp', remoteAddress, remotePort, localAddress, localPort)
  }

  #expireTimeWait(): void {
    const now = this.host.simulation.nowMs
    const over = this.#timeWait.findIndex((connection) => connection.timeWaitUntilMs > now)
    for (const connection of this.#timeWait.splice(0, over < 0 ? this.#timeWait.length : over)) {
      const { remoteAddress, remotePort, localAddress, localPort } = connection
      if (this.#connections.get('tcp', remoteAddress, remotePort, localAddress, localPort) === connection) {
        this.#remove(connection)
      }
    }
  }

  /** A connection that never began; the error comes to the handlers later, as any other. */
  #failed(remote: Endpoint, handlers: TcpHandlers, error: NetworkError): TcpConnection {
    let pending: TcpConnection['abort'] | undefined = () => undefined
    const stop = () => void (pending = undefined)
    const connection: TcpConnection = {
      local: { address: formatAddress(UNSPECIFIED), port: 0 },
      remote,
      handlers,
      send: () => undefined,
      end: stop,
      abort: stop,
    }
    this.host.network.enqueue(() => pending && connection.handlers.error?.(error))
    return connection
  }
}

const overlap = (one: Address, other: Address): boolean =>
  one === other || one === UNSPECIFIED || other === UNSPECIFIED

/** What an ICMP error means to the socket whose packet it quotes; undefined for those that say nothing final. */
function errorOf({ icmp }: Packet): NetworkError | undefined {
  return icmp?.type === 'unreachable' ? ERRORS[icmp.code] : undefined
}

const ERRORS: Readonly<Record<UnreachableCode, NetworkError>> = {
  net: 'ENETUNREACH',
  host: 'EHOSTUNREACH',
  port: 'ECONNREFUSED',
  'net-prohibited': 'ENETUNREACH',
  'host-prohibited': 'EHOSTUNREACH',
  'admin-prohibited': 'EHOSTUNREACH',
}
