import type { Simulation } from '../sim/index.ts'
import type { Passed } from './netfilter/context.ts'
import { describePacket, type Packet } from './packet.ts'

/** One stage of a packet's way: a hook of a host, with what happened there. Plain data. */
export interface Hop {
  readonly atMs: number
  readonly host: string
  /** A netfilter hook, or `deliver`, `transmit`. */
  readonly stage: string
  readonly in: string
  readonly out: string
  /** The packet as it came and as it went: they differ where NAT rewrote it. */
  readonly before: string
  readonly after: string
  readonly rules: readonly PassedRule[]
  /** How conntrack saw it: `NEW`, `ESTABLISHED`, ..., empty when it was not asked. */
  readonly conntrack: string
  /** Its connection's entry there, as `conntrack -L` prints it; empty when it has none. */
  readonly entry: string
}

interface PassedRule {
  readonly table: string
  readonly chain: string
  readonly line: number
  readonly rule: string
}

/** The data of a TraceEvent of type `packet`. */
export interface PacketStory {
  readonly protocol: string
  readonly outcome: string
  /** What it carried: the text of a TCP segment, the value of a datagram. */
  readonly payload: unknown
  readonly hops: readonly Hop[]
}

export const passedRules = (because: readonly Passed[]): PassedRule[] =>
  because.map(({ table, chain, line, rule }) => ({ table, chain, line, rule: rule.text }))

/** Tells the story of a packet whose way is over; says nothing unless its way was recorded. */
export function tell(simulation: Simulation, packet: Packet, outcome: string): void {
  const hops = packet.trail
  if (!hops || !simulation.trace.wants('packet')) return
  packet.trail = undefined
  const story: PacketStory = { protocol: packet.protocol, outcome, payload: packet.payload, hops }
  const first = hops[0]?.before ?? describePacket(packet)
  simulation.trace.emit({ source: 'network', type: 'packet', message: `${first}: ${outcome}`, data: story })
}
