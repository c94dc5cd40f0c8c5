import {
  formatAddress,
  formatPrefix,
  formatRange,
  inPrefix,
  type Address,
  type AddressRange,
  type Prefix,
} from '../address.ts'
import type { ConnectionState, Context } from '../netfilter/context.ts'
import { dnat, type Target } from '../netfilter/targets.ts'
import type { Packet } from '../packet.ts'
import type { Value } from './data-types.ts'
import type { NftTable } from './ruleset.ts'
import { getterOf, keyReader, type Selector } from './selectors.ts'

/** A part of a rule. They are carried out from left to right, until one does not hold or one decides. */
export type Statement =
  | MatchStatement
  | { readonly kind: 'in set'; readonly key: readonly Selector[]; readonly set: string }
  | { readonly kind: 'ct'; readonly about: 'state' | 'status'; readonly names: readonly string[] }
  | { readonly kind: 'mark set'; readonly mask: number; readonly isSet: boolean }
  | { readonly kind: 'set mark'; readonly operator: '|' | '^'; readonly value: number }
  | { readonly kind: 'vmap'; readonly key: readonly Selector[]; readonly map: string }
  | { readonly kind: 'numgen goto'; readonly chains: readonly string[] }
  | { readonly kind: 'numgen dnat'; readonly endpoints: readonly NftEndpoint[] }
  | { readonly kind: 'update'; readonly set: string; readonly key: readonly Selector[] }
  | { readonly kind: 'target'; readonly target: Target }

interface MatchStatement {
  readonly kind: 'match'
  readonly left: Selector
  readonly not?: boolean
  /** A value, a prefix, a range (of ports), or any of several ranges (of addresses). */
  readonly right: Value | Prefix | AddressRange | readonly AddressRange[]
}

interface NftEndpoint {
  readonly address: Address
  readonly port: number
}

/** What came of a statement: `false` when it does not hold, a target when it decides, else nothing. */
export type Step = (packet: Packet, context: Context, table: NftTable) => Target | false | undefined

export const match = (left: Selector, right: MatchStatement['right'], not = false): Statement => ({
  kind: 'match',
  left,
  right,
  ...(not && { not }),
})
export const inSet = (key: readonly Selector[], set: string): Statement => ({ kind: 'in set', key, set })
export const vmap = (key: readonly Selector[], map: string): Statement => ({ kind: 'vmap', key, map })
export const act = (target: Target): Statement => ({ kind: 'target', target })

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>

interface Meaning<T> {
  text(statement: T): string
  step(statement: T): Step
}

const CONTINUE = undefined

/** Each kind of statement: how nft prints it, and what it does. */
const STATEMENTS: { readonly [Kind in Statement['kind']]: Meaning<Of<Kind>> } = {
  match: {
    text: ({ left, not, right }) => `${left} ${not ? '!= ' : ''}${rightText(left, right)}`,
    step({ left, right, not = false }) {
      const get = getterOf(left)
      const holds = rightTest(right)
      return (packet, context) => (holds(get(packet, context)) === not ? false : CONTINUE)
    },
  },
  'in set': {
    text: ({ key, set }) => `${key.join(' . ')} @${set}`,
    step({ key, set }) {
      const read = keyReader(key)
      return (packet, context, table) =>
        table.sets.get(set)?.has(read(packet, context), context.nowMs) ? CONTINUE : false
    },
  },
  ct: {
    text: ({ about, names }) => `ct ${about} ${names.join(',')}`,
    step({ names }) {
      const states = names.map((name) => name.toUpperCase() as ConnectionState)
      return (_packet, context) => (states.some((state) => context.hasState(state)) ? CONTINUE : false)
    },
  },
  'mark set': {
    text: ({ mask, isSet }) => `meta mark & ${mark(mask)} ${isSet ? `!= ${mark(0)}` : `== ${mark(0)}`}`,
    step:
      ({ mask, isSet }) =>
      (packet) =>
        ((packet.mark & mask) !== 0) === isSet ? CONTINUE : false,
  },
  'set mark': {
    text: ({ operator, value }) => `meta mark set meta mark ${operator} ${mark(value)}`,
    step:
      ({ operator, value }) =>
      (packet) => {
        packet.mark = (operator === '|' ? packet.mark | value : packet.mark ^ value) >>> 0
        return CONTINUE
      },
  },
  vmap: {
    text: ({ key, map }) => `${key.join(' . ')} vmap @${map}`,
    step({ key, map }) {
      const read = keyReader(key)
      return (packet, context, table) =>
        table.sets.get(map)?.lookup(read(packet, context), context.nowMs)?.verdict ?? false
    },
  },
  'numgen goto': {
    text: ({ chains }) =>
      `numgen random mod ${chains.length} vmap { ${chains.map((chain, index) => `${index} : goto ${chain}`).join(', ')} }`,
    step({ chains }) {
      const targets = chains.map((chain): Target => ({ kind: 'goto', chain }))
      return (_packet, context) => targets[Math.floor(context.random() * targets.length)]
    },
  },
  'numgen dnat': {
    text: ({ endpoints }) =>
      `dnat ip to numgen random mod ${endpoints.length} map { ${endpoints.map(({ address, port }, index) => `${index} : ${formatAddress(address)} . ${port}`).join(', ')} }`,
    step({ endpoints }) {
      const targets = endpoints.map(({ address, port }) => dnat(address, port))
      return (_packet, context) => targets[Math.floor(context.random() * targets.length)]
    },
  },
  update: {
    text: ({ set, key }) => `update @${set} { ${key.join(' . ')} }`,
    step({ set, key }) {
      const getters = key.map(getterOf)
      return (packet, context, table) => {
        const values = getters.map((get) => get(packet, context))
        table.sets.get(set)?.update(values, context.nowMs)
        return CONTINUE
      }
    },
  },
  target: {
    text: ({ target }) => targetText(target),
    step:
      ({ target }) =>
      () =>
        target,
  },
}

export const statementText = <T extends Statement>(statement: T): string =>
  (STATEMENTS[statement.kind] as Meaning<Statement>).text(statement)

export const stepOf = (statement: Statement): Step =>
  (STATEMENTS[statement.kind] as Meaning<Statement>).step(statement)

const mark = (value: number) => `0x${value.toString(16).padStart(8, '0')}`

const isPrefix = (right: MatchStatement['right']): right is Prefix =>
  typeof right === 'object' && 'mask' in right

const isRange = (right: MatchStatement['right']): right is AddressRange =>
  typeof right === 'object' && 'first' in right

function rightText(left: Selector, right: MatchStatement['right']): string {
  if (isPrefix(right)) return right.length === 32 ? formatAddress(right.address) : formatPrefix(right)
  if (isRange(right)) return `${right.first}-${right.last}`
  if (typeof right === 'object') return `{ ${right.map(formatRange).join(', ')} }`
  return left.startsWith('ip ') ? formatAddress(right as Address) : String(right)
}

function rightTest(right: MatchStatement['right']): (value: Value) => boolean {
  if (isPrefix(right)) return (value) => inPrefix(value as Address, right)
  if (isRange(right))
    return (value) => typeof value === 'number' && value >= right.first && value <= right.last
  if (typeof right === 'object')
    return (value) =>
      right.some(({ first, last }) => (value as Address) >= first && (value as Address) <= last)
  return (value) => value === right
}

/** A verdict, or what is done to the packet's addresses. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case 'jump':
    case 'goto':
      return `${target.kind} ${target.chain}`
    case 'REJECT':
      return target.with === 'icmp-port-unreachable' ? 'reject' : `reject with ${rejectText(target.with)}`
    case 'DNAT':
    case 'SNAT':
      return `${target.kind.toLowerCase()} to ${formatAddress(target.address)}${target.port === undefined ? '' : `:${target.port}`}`
    case 'MASQUERADE':
      return target.randomFully ? 'masquerade fully-random' : 'masquerade'
    default:
      return target.kind.toLowerCase()
  }
}

const rejectText = (answer: string) =>
  answer === 'tcp-reset' ? 'tcp reset' : answer.replace('icmp-', 'icmp ')
