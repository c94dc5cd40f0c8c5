import { formatAddress, parseAddress, UNSPECIFIED, type Address } from './address.ts'
import type { Host } from './host.ts'
import { udpPacket, type Packet } from './packet.ts'
import type { Endpoint, UdpSocket } from './sockets.ts'

/** A bound UDP socket. Datagrams leave in the network's next burst and arrive whole or not at all. */
export class Udp implements UdpSocket {
  readonly #host: Host
  readonly #release: (socket: Udp) => void
  readonly localAddress: Address
  readonly localPort: number
  handlers: UdpSocket['handlers'] = {}

  constructor(host: Host, localAddress: Address, localPort: number, release: (socket: Udp) => void) {
    this.#host = host
    this.localAddress = localAddress
    this.localPort = localPort
    this.#release = release
  }

  get local(): Endpoint {
    return { address: formatAddress(this.localAddress), port: this.localPort }
  }

  send(to: Endpoint, payload: unknown, bytes: number): void {
    const destination = parseAddress(to.address)
    this.#host.network.enqueue(() => {
      const source = this.localAddress === UNSPECIFIED ? this.#host.sourceFor(destination) : this.localAddress
      if (source === undefined) this.handlers.error?.('ENETUNREACH')
      else this.#host.send(udpPacket(source, this.localPort, destination, to.port, payload, bytes))
    })
  }

  receive(packet: Packet): void {
    this.handlers.datagram?.({
      from: { address: formatAddress(packet.source), port: packet.sourcePort },
      to: { address: formatAddress(packet.destination), port: packet.destinationPort },
      payload: packet.payload,
    })
  }

  close(): void {
    this.handlers = {}
    this.#release(this)
  }
}
