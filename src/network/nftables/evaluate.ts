import type { Context, Passed } from '../netfilter/context.ts'
import type { Verdict } from '../netfilter/evaluate.ts'
import type { Packet } from '../packet.ts'
import type { BaseChain, NftChain, NftTable } from './ruleset.ts'

const ACCEPT: Verdict = { kind: 'ACCEPT' }
const DROP: Verdict = { kind: 'DROP' }

/** Jumps nest this deep at most, in the kernel too. */
const MAX_DEPTH = 16

/** Sends `packet` through a base chain. `because` takes down every rule that held. */
export function walkBaseChain(
  { table, chain, base }: BaseChain,
  packet: Packet,
  context: Context,
  because?: Passed[],
): Verdict {
  const verdict = walkChain(table, chain, packet, context, because, 0)
  return verdict ?? (base.policy === 'DROP' ? DROP : ACCEPT)
}

/** @returns undefined when the packet came to the end of the chain, or a rule sent it back. */
function walkChain(
  table: NftTable,
  chain: NftChain,
  packet: Packet,
  context: Context,
  because: Passed[] | undefined,
  depth: number,
): Verdict | undefined {
  const { rules } = chain
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!
    const target = rule.apply(packet, context, table)
    if (target === false) continue
    because?.push({ table: table.title, chain: chain.name, line: index + 1, rule })
    if (!target) continue
    switch (target.kind) {
      case 'jump':
      case 'goto': {
        const next = table.chains.get(target.chain)
        const verdict =
          next && depth < MAX_DEPTH ? walkChain(table, next, packet, context, because, depth + 1) : undefined
        if (verdict || target.kind === 'goto') return verdict
        break
      }
      case 'RETURN':
        return undefined
      default:
        return target as Verdict
    }
  }
  return undefined
}
