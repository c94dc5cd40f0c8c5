import { formatAddress, parseAddress } from './address.ts'
import type { Host } from './host.ts'
import { echoPacket, type Packet } from './packet.ts'
import type { PingResult } from './sockets.ts'

type Reason = Extract<PingResult, { kind: 'unreachable' }>['reason']

/** The echo requests of one host that wait for an answer, and its answers to those of others. */
export class Pings {
  readonly #host: Host
  readonly #waiting = new Map<number, (result: PingResult) => void>()
  #identifier = 0

  constructor(host: Host) {
    this.#host = host
  }

  /** @returns a function that stops waiting. */
  send(
    address: string,
    options: { ttl: number; bytes: number; sequence: number },
    done: (result: PingResult) => void,
  ): () => void {
    const host = this.#host
    const destination = parseAddress(address)
    const identifier = (this.#identifier = (this.#identifier % 65_535) + 1)
    this.#waiting.set(identifier, done)
    host.network.enqueue(() => {
      const source = host.sourceFor(destination)
      if (source === undefined) {
        return this.#finish(identifier, { kind: 'unreachable', from: '0.0.0.0', reason: 'net' })
      }
      const icmp = {
        type: 'echo-request',
        sequence: options.sequence,
        sentAtMs: host.simulation.nowMs,
      } as const
      host.send(echoPacket(source, destination, identifier, icmp, options.bytes, options.ttl))
    })
    return () => void this.#waiting.delete(identifier)
  }

  /** An echo request or reply arrived. */
  receive(packet: Packet): void {
    const { icmp } = packet
    if (icmp?.type === 'echo-request') {
      const bytes = packet.bytes - 28
      const answer = { ...icmp, type: 'echo-reply' } as const
      this.#host.network.enqueue(() =>
        this.#host.send(echoPacket(packet.destination, packet.source, packet.sourcePort, answer, bytes)),
      )
    } else if (icmp?.type === 'echo-reply') {
      this.#finish(packet.destinationPort, {
        kind: 'reply',
        from: formatAddress(packet.source),
        roundTripMs: this.#host.simulation.nowMs - icmp.sentAtMs,
        ttl: packet.ttl,
        bytes: packet.bytes - 20,
      })
    }
  }

  /** An ICMP error about one of our requests arrived. */
  failed(error: Packet, original: Packet): void {
    const from = formatAddress(error.source)
    const { icmp } = error
    if (icmp?.type === 'time-exceeded') this.#finish(original.sourcePort, { kind: 'ttl-exceeded', from })
    if (icmp?.type !== 'unreachable') return
    const reason: Reason = icmp.code === 'net' || icmp.code === 'port' ? icmp.code : 'host'
    this.#finish(original.sourcePort, { kind: 'unreachable', from, reason })
  }

  #finish(identifier: number, result: PingResult): void {
    const done = this.#waiting.get(identifier)
    this.#waiting.delete(identifier)
    done?.(result)
  }
}
