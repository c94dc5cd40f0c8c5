import type { Simulation } from '../sim/index.ts'
import { formatAddress, type Address } from './address.ts'
import { FlowTable } from './flow-table.ts'
import { originalOf, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Packet, type Protocol } from './packet.ts'

/** One direction of a connection. Of an ICMP echo the identifier is the asking side's port. */
export interface Tuple {
  readonly source: Address
  readonly sourcePort: number
  readonly destination: Address
  readonly destinationPort: number
}

export type Direction = 'original' | 'reply'

/** `nf_conntrack_tcp`'s states, as `conntrack -L` names them. */
type TcpState = keyof typeof TCP_TIMEOUT_S

/** `nf_conntrack_tcp_timeout_*`, seconds. */
const TCP_TIMEOUT_S = {
  NONE: 0,
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432_000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
} as const

const UDP_TIMEOUT_S = 30
/** After two seconds of traffic both ways it counts as a stream. */
const UDP_STREAM_TIMEOUT_S = 120
const UDP_STREAM_AFTER_MS = 2000
const ICMP_TIMEOUT_S = 30

/** A connection as the host in the middle knows it. `reply` is how answers will look before they are translated back. */
export class ConntrackEntry {
  readonly protocol: Protocol
  readonly original: Tuple
  readonly startedAtMs: number
  reply: Tuple
  tcp: TcpState = 'NONE'
  expiresAtMs = 0
  /** False while its first packet is still on the way: a dropped packet leaves no entry behind. */
  confirmed = false
  seenReply = false
  /** What the NAT tables decided, once for all its packets; undefined until they were asked. */
  sourceNat: boolean | undefined
  destinationNat: boolean | undefined

  constructor(protocol: Protocol, original: Tuple, startedAtMs: number) {
    this.protocol = protocol
    this.original = original
    this.reply = inverse(original)
    this.startedAtMs = startedAtMs
  }

  /** A line of `conntrack -L`. */
  describe(nowMs: number): string {
    const side = (tuple: Tuple) =>
      `src=${formatAddress(tuple.source)} dst=${formatAddress(tuple.destination)} ` +
      (this.protocol === 'icmp'
        ? `type=${tuple.sourcePort ? 8 : 0} code=0 id=${tuple.sourcePort || tuple.destinationPort}`
        : `sport=${tuple.sourcePort} dport=${tuple.destinationPort}`)
    const number = { tcp: 6, udp: 17, icmp: 1 }[this.protocol]
    const left = Math.max(0, Math.floor((this.expiresAtMs - nowMs) / 1000))
    const state = this.protocol === 'tcp' ? `${this.tcp} ` : ''
    const unreplied = this.seenReply ? '' : '[UNREPLIED] '
    const assured = this.seenReply && this.protocol !== 'icmp' ? '[ASSURED] ' : ''
    const head = `${this.protocol.padEnd(8)} ${number} ${left} ${state}`
    return `${head}${side(this.original)} ${unreplied}${side(this.reply)} ${assured}mark=0 use=1`
  }
}

export const inverse = (tuple: Tuple): Tuple => ({
  source: tuple.destination,
  sourcePort: tuple.destinationPort,
  destination: tuple.source,
  destinationPort: tuple.sourcePort,
})

/** What a packet is to its connection. */
export interface Tracked {
  readonly entry: ConntrackEntry | undefined
  readonly direction: Direction
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID'
}

const INVALID: Tracked = { entry: undefined, direction: 'original', state: 'INVALID' }

/** Which way a packet with these addresses goes. */
function directionOf({ original }: ConntrackEntry, tuple: Tuple): Direction {
  const isOriginal =
    tuple.sourcePort === original.sourcePort &&
    tuple.destinationPort === original.destinationPort &&
    tuple.source === original.source &&
    tuple.destination === original.destination
  return isOriginal ? 'original' : 'reply'
}

/** The connections of one host, found by either of their two tuples. */
export class Conntrack {
  readonly #simulation: Simulation
  readonly #hostName: string
  readonly #flows = new FlowTable<ConntrackEntry>()
  #sweepAtSize = 1024

  constructor(simulation: Simulation, hostName: string) {
    this.#simulation = simulation
    this.#hostName = hostName
  }

  /** Finds the packet's connection, or begins one (which `confirm` enters once the packet got through). */
  track(packet: Packet): Tracked {
    const original = originalOf(packet)
    if (original) return this.#trackError(original)
    const found = this.#find(packet.protocol, packet)
    if (found && !this.#isReopened(found, packet))
      return this.#seen(found, directionOf(found, packet), packet)
    if (found) this.delete(found)
    if (!mayBegin(packet)) return INVALID
    const { source, sourcePort, destination, destinationPort } = packet
    const tuple = { source, sourcePort, destination, destinationPort }
    const entry = new ConntrackEntry(packet.protocol, tuple, this.#simulation.nowMs)
    this.#age(entry, 'original', packet)
    return { entry, direction: 'original', state: 'NEW' }
  }

  /** The first packet of `entry` left the host or reached a socket. @returns false when another took its place. */
  confirm(entry: ConntrackEntry): boolean {
    if (entry.confirmed) return true
    const { protocol, original, reply } = entry
    if (this.#find(protocol, original) || this.#find(protocol, reply)) return false
    entry.confirmed = true
    this.#add(protocol, original, entry)
    this.#add(protocol, reply, entry)
    if (this.#flows.size > this.#sweepAtSize) this.#sweep()
    return true
  }

  /** Whether answers that look like `tuple` could not be told from those of another connection. */
  isTaken(protocol: Protocol, tuple: Tuple): boolean {
    return this.#find(protocol, tuple) !== undefined
  }

  delete(entry: ConntrackEntry): void {
    if (!entry.confirmed) return
    entry.confirmed = false
    this.#remove(entry.protocol, entry.original)
    this.#remove(entry.protocol, entry.reply)
  }

  /** `conntrack -D` with a filter. @returns how many entries went. */
  deleteWhere(holds: (entry: ConntrackEntry) => boolean): number {
    const gone = this.entries().filter(holds)
    for (const entry of gone) this.delete(entry)
    return gone.length
  }

  /** Live entries. */
  entries(): ConntrackEntry[] {
    const now = this.#simulation.nowMs
    const entries: ConntrackEntry[] = []
    for (const entry of new Set(this.#flows.values())) if (entry.expiresAtMs > now) entries.push(entry)
    return entries
  }

  toString(): string {
    return `conntrack of ${this.#hostName}, ${this.#flows.size / 2} entries`
  }

  #seen(entry: ConntrackEntry, direction: Direction, packet: Packet): Tracked {
    if (direction === 'reply') entry.seenReply = true
    this.#age(entry, direction, packet)
    const state = direction === 'reply' || entry.seenReply ? 'ESTABLISHED' : 'NEW'
    return { entry, direction, state }
  }

  /** An ICMP error belongs to the connection of the packet it quotes, and travels against it. */
  #trackError(original: Packet): Tracked {
    const tuple = inverse(original)
    const entry = this.#find(original.protocol, tuple)
    if (!entry) return INVALID
    return { entry, direction: directionOf(entry, tuple), state: 'RELATED' }
  }

  /** A new SYN on a connection that is over begins another one. */
  #isReopened(entry: ConntrackEntry, packet: Packet): boolean {
    return (
      packet.protocol === 'tcp' &&
      (packet.flags & (TCP_SYN | TCP_ACK)) === TCP_SYN &&
      (entry.tcp === 'TIME_WAIT' || entry.tcp === 'CLOSE')
    )
  }

  #age(entry: ConntrackEntry, direction: Direction, packet: Packet): void {
    const now = this.#simulation.nowMs
    let seconds: number
    if (packet.protocol === 'tcp') {
      entry.tcp = nextTcpState(entry.tcp, direction, packet.flags)
      seconds = TCP_TIMEOUT_S[entry.tcp]
    } else if (packet.protocol === 'udp') {
      const stream = entry.seenReply && now - entry.startedAtMs > UDP_STREAM_AFTER_MS
      seconds = stream ? UDP_STREAM_TIMEOUT_S : UDP_TIMEOUT_S
    } else seconds = ICMP_TIMEOUT_S
    entry.expiresAtMs = now + seconds * 1000
  }

  #find(protocol: Protocol, tuple: Tuple): ConntrackEntry | undefined {
    const { source, sourcePort, destination, destinationPort } = tuple
    const found = this.#flows.get(protocol, source, sourcePort, destination, destinationPort)
    if (!found || found.expiresAtMs > this.#simulation.nowMs) return found
    this.delete(found)
    return undefined
  }

  #add(protocol: Protocol, tuple: Tuple, value: ConntrackEntry): void {
    this.#flows.add(protocol, tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort, value)
  }

  #remove(protocol: Protocol, tuple: Tuple): void {
    this.#flows.delete(protocol, tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort)
  }

  /** Expired entries are dropped when met; the others are swept out each time the table has doubled. */
  #sweep(): void {
    const now = this.#simulation.nowMs
    const expired: ConntrackEntry[] = []
    for (const entry of this.#flows.values()) if (entry.expiresAtMs <= now) expired.push(entry)
    for (const entry of expired) this.delete(entry)
    this.#sweepAtSize = Math.max(1024, 2 * this.#flows.size)
  }
}

/** Linux picks up TCP connections in the middle (an ACK), but not from their ends; echo replies answer something. */
function mayBegin(packet: Packet): boolean {
  if (packet.protocol === 'tcp') {
    const { flags } = packet
    if (flags & TCP_RST) return false
    return (flags & TCP_SYN) !== 0
      ? (flags & TCP_ACK) === 0
      : (flags & TCP_ACK) !== 0 && (flags & TCP_FIN) === 0
  }
  return packet.icmp?.type !== 'echo-reply'
}

function nextTcpState(state: TcpState, direction: Direction, flags: number): TcpState {
  if (flags & TCP_RST) return 'CLOSE'
  if (flags & TCP_SYN) {
    if (flags & TCP_ACK) return direction === 'reply' && state === 'SYN_SENT' ? 'SYN_RECV' : state
    return state === 'NONE' ? 'SYN_SENT' : state
  }
  if (flags & TCP_FIN) {
    if (state === 'LAST_ACK' || state === 'TIME_WAIT') return state
    return state === 'FIN_WAIT' || state === 'CLOSE_WAIT' ? 'LAST_ACK' : 'FIN_WAIT'
  }
  if (state === 'NONE' || state === 'SYN_RECV') return 'ESTABLISHED'
  if (state === 'FIN_WAIT') return 'CLOSE_WAIT'
  return state === 'LAST_ACK' ? 'TIME_WAIT' : state
}
