import type { Context } from '../netfilter/context.ts'
import { addressType } from '../netfilter/packet-matches.ts'
import type { Packet } from '../packet.ts'
import type { Value } from './data-types.ts'

type Get = (packet: Packet, context: Context) => Value

/** The port of a packet of that protocol; of others nothing that could be equal. */
const portOf =
  (protocol: string): Get =>
  (packet) =>
    packet.protocol === protocol ? packet.destinationPort : ''

/** What a rule may ask of a packet, under the words nft has for it. */
const SELECTORS = {
  'ip saddr': (packet) => packet.source,
  'ip daddr': (packet) => packet.destination,
  // The tables of the other family, which no packet meets.
  'ip6 saddr': (packet) => packet.source,
  'ip6 daddr': (packet) => packet.destination,
  'meta l4proto': (packet) => packet.protocol,
  'th dport': (packet) => packet.destinationPort,
  'tcp dport': portOf('tcp'),
  'udp dport': portOf('udp'),
  'sctp dport': portOf('sctp'),
  'fib saddr type': (packet, context) => addressType(packet.source, context).toLowerCase(),
  'fib daddr type': (packet, context) => addressType(packet.destination, context).toLowerCase(),
} as const satisfies Readonly<Record<string, Get>>

export type Selector = keyof typeof SELECTORS

export const getterOf = (selector: Selector): Get => SELECTORS[selector]

/** The fields of a key as one: what sets and maps are looked up by. */
export type Key = number | string

export const keyOf = (values: readonly Value[]): Key => (values.length === 1 ? values[0]! : values.join(' '))

/** Reads the key that these selectors make of a packet. */
export function keyReader(selectors: readonly Selector[]): (packet: Packet, context: Context) => Key {
  const getters = selectors.map(getterOf)
  const [only] = getters
  if (getters.length === 1 && only) return only
  return (packet, context) => {
    let key = ''
    for (const get of getters) key += key === '' ? get(packet, context) : ` ${get(packet, context)}`
    return key
  }
}
