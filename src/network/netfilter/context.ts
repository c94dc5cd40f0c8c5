import type { Address } from '../address.ts'
import type { Packet } from '../packet.ts'
import type { IpSet } from './ip-sets.ts'

/** What conntrack says of a packet, and what it did to its connection. */
export type ConnectionState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED' | 'SNAT' | 'DNAT'

/** Addresses seen lately, by list name: what `-m recent` remembers. */
export type RecentLists = Map<string, Map<Address, number>>

/** What rules may ask about besides the packet itself. */
export interface Context {
  /** Name of the interface the packet came in through or leaves by; empty when it has none. */
  readonly in: string
  readonly out: string
  readonly nowMs: number
  /** A state as `--ctstate` names it. A packet has one of the first five, and SNAT or DNAT besides. */
  hasState(state: ConnectionState): boolean
  /** `-m addrtype`. */
  isLocal(address: Address): boolean
  /** Uniform in [0, 1). */
  random(): number
  readonly recent: RecentLists
  /** Counters of `-m nfacct`, by name. */
  readonly accounting: Map<string, Counter>
  /** By name. */
  readonly ipSets: ReadonlyMap<string, IpSet>
}

export interface Counter {
  packets: number
  bytes: number
}

export type Test = (packet: Packet, context: Context) => boolean

/** A rule that a packet met, and where it stands. */
export interface Passed {
  readonly table: string
  readonly chain: string
  /** From 1, as `iptables -L --line-numbers` counts. */
  readonly line: number
  /** As the tool prints it that the table belongs to. */
  readonly rule: { readonly text: string }
}
