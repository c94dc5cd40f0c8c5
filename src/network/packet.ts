import { formatAddress, type Address } from './address.ts'
import type { Hop } from './trace.ts'

export type Protocol = 'tcp' | 'udp' | 'icmp'

export const TCP_FIN = 1
export const TCP_SYN = 2
export const TCP_RST = 4
export const TCP_PSH = 8
export const TCP_ACK = 16

/** ICMP as routers and hosts speak it. Errors carry the packet they complain about, as that router saw it. */
export type Icmp =
  | { readonly type: 'echo-request' | 'echo-reply'; readonly sequence: number; readonly sentAtMs: number }
  | { readonly type: 'unreachable'; readonly code: UnreachableCode; readonly original: Packet }
  | { readonly type: 'time-exceeded'; readonly original: Packet }

export type UnreachableCode =
  'net' | 'host' | 'port' | 'net-prohibited' | 'host-prohibited' | 'admin-prohibited'

/**
 * A packet on its way, as Linux' socket buffer: one object from sender to receiver, rewritten in place by NAT, so
 * that a walk through five hosts allocates nothing. Whoever wants to keep one copies it. Of an ICMP echo the
 * identifier stands in the sender's port and the other port is 0, so that NAT treats it like a datagram.
 */
export interface Packet {
  source: Address
  destination: Address
  readonly protocol: Protocol
  sourcePort: number
  destinationPort: number
  ttl: number
  /** The netfilter mark; belongs to the host that set it and is gone on the wire. */
  mark: number
  /** Length of the IP packet in bytes, headers included. */
  readonly bytes: number
  /** TCP flags, sequence number and acknowledgement; 0 for the others. */
  readonly flags: number
  readonly sequence: number
  readonly acknowledgement: number
  readonly icmp: Icmp | undefined
  readonly payload: unknown
  /** Where it has been, while somebody watches. */
  trail: Hop[] | undefined
}

/** The time to live Linux gives to what it sends. */
export const DEFAULT_TTL = 64

const IP_HEADER = 20
const TCP_HEADER = 32
const UDP_HEADER = 8
const ICMP_HEADER = 8

export function tcpPacket(
  source: Address,
  sourcePort: number,
  destination: Address,
  destinationPort: number,
  flags: number,
  sequence: number,
  acknowledgement: number,
  payload: string,
): Packet {
  return {
    source,
    destination,
    protocol: 'tcp',
    sourcePort,
    destinationPort,
    ttl: DEFAULT_TTL,
    mark: 0,
    bytes: IP_HEADER + TCP_HEADER + payload.length,
    flags,
    sequence,
    acknowledgement,
    icmp: undefined,
    payload,
    trail: undefined,
  }
}

/** @param payloadBytes length of the payload on the wire; the payload itself may be any immutable value. */
export function udpPacket(
  source: Address,
  sourcePort: number,
  destination: Address,
  destinationPort: number,
  payload: unknown,
  payloadBytes: number,
): Packet {
  return {
    source,
    destination,
    protocol: 'udp',
    sourcePort,
    destinationPort,
    ttl: DEFAULT_TTL,
    mark: 0,
    bytes: IP_HEADER + UDP_HEADER + payloadBytes,
    flags: 0,
    sequence: 0,
    acknowledgement: 0,
    icmp: undefined,
    payload,
    trail: undefined,
  }
}

/** An echo request or reply; `identifier` is what ties a reply to its request. */
export function echoPacket(
  source: Address,
  destination: Address,
  identifier: number,
  icmp: Extract<Icmp, { sequence: number }>,
  payloadBytes: number,
  ttl = DEFAULT_TTL,
): Packet {
  const request = icmp.type === 'echo-request'
  return {
    source,
    destination,
    protocol: 'icmp',
    sourcePort: request ? identifier : 0,
    destinationPort: request ? 0 : identifier,
    ttl,
    mark: 0,
    bytes: IP_HEADER + ICMP_HEADER + payloadBytes,
    flags: 0,
    sequence: 0,
    acknowledgement: 0,
    icmp,
    payload: undefined,
    trail: undefined,
  }
}

/** An ICMP error about `icmp.original`, which must be a copy. */
export function icmpErrorPacket(source: Address, destination: Address, icmp: Icmp): Packet {
  return {
    source,
    destination,
    protocol: 'icmp',
    sourcePort: 0,
    destinationPort: 0,
    ttl: DEFAULT_TTL,
    mark: 0,
    bytes: IP_HEADER + ICMP_HEADER + IP_HEADER + 8,
    flags: 0,
    sequence: 0,
    acknowledgement: 0,
    icmp,
    payload: undefined,
    trail: undefined,
  }
}

/** The packet an ICMP error complains about; `undefined` when `packet` is no ICMP error. */
export function originalOf(packet: Packet): Packet | undefined {
  const icmp = packet.icmp
  return icmp && (icmp.type === 'unreachable' || icmp.type === 'time-exceeded') ? icmp.original : undefined
}

/** `tcp 10.244.1.5:40000 > 10.96.0.1:443 SYN`. */
export function describePacket(packet: Packet): string {
  const from = formatAddress(packet.source)
  const to = formatAddress(packet.destination)
  if (packet.icmp)
    return `icmp ${from} > ${to} ${packet.icmp.type}${packet.icmp.type === 'unreachable' ? ` ${packet.icmp.code}` : ''}`
  const flags = packet.protocol === 'tcp' ? ` ${describeFlags(packet.flags)}` : ''
  return `${packet.protocol} ${from}:${packet.sourcePort} > ${to}:${packet.destinationPort}${flags}`
}

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [TCP_SYN, 'SYN'],
  [TCP_FIN, 'FIN'],
  [TCP_RST, 'RST'],
  [TCP_PSH, 'PSH'],
  [TCP_ACK, 'ACK'],
]

function describeFlags(flags: number): string {
  return FLAG_NAMES.filter(([bit]) => flags & bit)
    .map(([, name]) => name)
    .join(',')
}
