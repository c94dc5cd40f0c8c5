import type { Packet } from '../packet.ts'
import type { Context, Passed } from './context.ts'
import type { Chain, Table } from './ruleset.ts'
import type { NatTarget, RejectWith, Target } from './targets.ts'

/** How a table decided. For a NAT table, ACCEPT means: leave the addresses as they are. */
export type Verdict =
  | { readonly kind: 'ACCEPT' | 'DROP' }
  | { readonly kind: 'REJECT'; readonly with: RejectWith }
  /** IPVS took the packet from INPUT: it goes on to a real server. */
  | { readonly kind: 'IPVS' }
  | NatTarget
  | Extract<Target, { kind: 'MASQUERADE' | 'REDIRECT' }>

export interface Evaluation {
  readonly verdict: Verdict
  /** The packet as the rules left it: they may have marked it. */
  readonly packet: Packet
  /** Every rule that held, in the order they were met. */
  readonly because: readonly Passed[]
}

const ACCEPT: Verdict = { kind: 'ACCEPT' }
const DROP: Verdict = { kind: 'DROP' }

/** Sends `packet` through a built-in chain and says what became of it, and why. */
export function evaluate(table: Table, chainName: string, packet: Packet, context: Context): Evaluation {
  const because: Passed[] = []
  const chain = table.chain(chainName)
  const verdict = chain ? walk(table, chain, packet, context, because) : ACCEPT
  return { verdict, packet, because }
}

/** The same for those in a hurry: without `because` nothing is written down. */
export function walk(
  table: Table,
  chain: Chain,
  packet: Packet,
  context: Context,
  because?: Passed[],
): Verdict {
  const verdict = walkChain(table, chain, packet, context, because, 0)
  if (verdict) return verdict
  chain.counter.packets++
  chain.counter.bytes += packet.bytes
  return chain.policy === 'DROP' ? DROP : ACCEPT
}

/** Jumps nest this deep at most; the kernel refuses loops when rules are loaded, and so does `iptables/`. */
const MAX_DEPTH = 64

/** @returns undefined when the packet came to the end of the chain, or a rule sent it back. */
function walkChain(
  table: Table,
  chain: Chain,
  packet: Packet,
  context: Context,
  because: Passed[] | undefined,
  depth: number,
): Verdict | undefined {
  const rules = chain.rules
  const candidates = chain.candidates(packet.destination)
  const count = candidates ? candidates.length : rules.length
  for (let turn = 0; turn < count; turn++) {
    const index = candidates ? candidates[turn]! : turn
    const rule = rules[index]!
    if (!rule.holds(packet, context)) continue
    const counter = chain.counterOf(index)
    counter.packets++
    counter.bytes += packet.bytes
    because?.push({ table: table.name, chain: chain.name, line: index + 1, rule })
    const target = rule.target
    if (!target) continue
    switch (target.kind) {
      case 'jump':
      case 'goto': {
        const next = table.chain(target.chain)
        const verdict =
          next && depth < MAX_DEPTH ? walkChain(table, next, packet, context, because, depth + 1) : undefined
        if (verdict || target.kind === 'goto') return verdict
        break
      }
      case 'RETURN':
        return undefined
      case 'MARK':
        packet.mark = ((packet.mark & ~target.mask) ^ target.value) >>> 0
        break
      case 'LOG':
        break
      default:
        return target as Verdict
    }
  }
  return undefined
}
