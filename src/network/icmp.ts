import { isLoopback, isMulticast } from './address.ts'
import type { Host } from './host.ts'
import {
  icmpErrorPacket,
  originalOf,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  tcpPacket,
  type Packet,
  type UnreachableCode,
} from './packet.ts'

/** Tells the sender of `packet` that it cannot be delivered. Errors are never answered with errors. */
export function sendUnreachable(host: Host, packet: Packet, code: UnreachableCode): void {
  sendError(host, packet, (original) => ({ type: 'unreachable', code, original }))
}

/** Tells the sender of `packet` that its time to live ended here: what traceroute lives on. */
export function sendTimeExceeded(host: Host, packet: Packet): void {
  sendError(host, packet, (original) => ({ type: 'time-exceeded', original }))
}

function sendError(
  host: Host,
  packet: Packet,
  of: (original: Packet) => Parameters<typeof icmpErrorPacket>[2],
): void {
  if (originalOf(packet) || isMulticast(packet.destination) || packet.source === 0) return
  const source = host.hasAddress(packet.destination) ? packet.destination : host.sourceFor(packet.source)
  if (source === undefined) return
  host.send(icmpErrorPacket(source, packet.source, of({ ...packet, payload: undefined, trail: undefined })))
}

/** Answers a segment that nobody waits for with RST, in the name of whoever it was sent to (RFC 9293, 3.5.2). */
export function sendReset(host: Host, packet: Packet): void {
  if (packet.flags & TCP_RST || isLoopback(packet.source) !== isLoopback(packet.destination)) return
  const length = String(packet.payload ?? '').length + (packet.flags & (TCP_SYN | TCP_FIN) ? 1 : 0)
  const [sequence, flags] =
    packet.flags & TCP_ACK ? [packet.acknowledgement, TCP_RST] : [0, TCP_RST | TCP_ACK]
  const { source, sourcePort, destination, destinationPort } = packet
  host.send(
    tcpPacket(
      destination,
      destinationPort,
      source,
      sourcePort,
      flags,
      sequence,
      packet.sequence + length,
      '',
    ),
  )
}
