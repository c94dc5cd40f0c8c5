import type { AddressRange } from '../address.ts'
import type { Hook, Policy } from '../netfilter/ruleset.ts'
import type { Context } from '../netfilter/context.ts'
import type { Target } from '../netfilter/targets.ts'
import type { Packet } from '../packet.ts'
import type { DataTypeName, Value } from './data-types.ts'
import { keyOf, type Key } from './selectors.ts'
import { statementText, stepOf, type Statement, type Step } from './statements.ts'

/** An element of a set, or of a map, whose elements lead to a verdict. */
export interface NftElement {
  readonly key: readonly Value[]
  readonly verdict?: Target
  readonly comment?: string
  readonly expiresAtMs?: number
}

export interface NftSetSpec {
  readonly name: string
  readonly type: readonly DataTypeName[]
  /** A map from keys to verdicts. */
  readonly isMap?: boolean
  readonly comment?: string
  readonly size?: number
  readonly flags?: readonly ('dynamic' | 'interval' | 'timeout')[]
  /** Elements leave this long after they were last updated. */
  readonly timeoutS?: number
}

/** A named set or map. */
export class NftSet {
  readonly spec: NftSetSpec
  readonly #elements = new Map<Key, NftElement>()
  /** Of a set with the flag `interval`: its addresses, in order and apart from each other. */
  #ranges: readonly AddressRange[] = []

  constructor(spec: NftSetSpec) {
    this.spec = spec
  }

  get ranges(): readonly AddressRange[] {
    return this.#ranges
  }

  set ranges(ranges: readonly AddressRange[]) {
    this.#ranges = ranges
  }

  /** Whether a packet with that key is in the set. */
  has(key: Key, nowMs: number): boolean {
    if (!this.spec.flags?.includes('interval')) return this.lookup(key, nowMs) !== undefined
    let [low, high] = [0, this.#ranges.length - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const { first, last } = this.#ranges[middle]!
      if ((key as number) < first) high = middle - 1
      else if ((key as number) > last) low = middle + 1
      else return true
    }
    return false
  }

  lookup(key: Key, nowMs: number): NftElement | undefined {
    const element = this.#elements.get(key)
    if (element?.expiresAtMs === undefined || element.expiresAtMs > nowMs) return element
    this.#elements.delete(key)
    return undefined
  }

  add(element: NftElement): void {
    this.#elements.set(keyOf(element.key), element)
  }

  /** Adds a key, or makes its time begin anew. */
  update(key: readonly Value[], nowMs: number): void {
    const { timeoutS } = this.spec
    this.add(timeoutS === undefined ? { key } : { key, expiresAtMs: nowMs + timeoutS * 1000 })
  }

  delete(key: readonly Value[]): void {
    this.#elements.delete(keyOf(key))
  }

  clear(): void {
    this.#elements.clear()
  }

  /** Those whose time is not over. */
  elements(nowMs: number): NftElement[] {
    return [...this.#elements.values()].filter(
      ({ expiresAtMs }) => expiresAtMs === undefined || expiresAtMs > nowMs,
    )
  }
}

/** A rule: never changed, so that many hosts can share one. */
export class NftRule {
  readonly statements: readonly Statement[]
  readonly comment: string | undefined
  #steps: readonly Step[] | undefined
  #text: string | undefined

  constructor(statements: readonly Statement[], comment?: string) {
    this.statements = statements
    this.comment = comment
  }

  /** @returns false when it does not hold for the packet; what it decides, if anything. */
  apply(packet: Packet, context: Context, table: NftTable): Target | false | undefined {
    const steps = (this.#steps ??= this.statements.map(stepOf))
    for (let index = 0; index < steps.length; index++) {
      const outcome = steps[index]!(packet, context, table)
      if (outcome !== undefined) return outcome
    }
    return undefined
  }

  /** As `nft list` prints it. */
  get text(): string {
    return (this.#text ??=
      this.statements.map(statementText).join(' ') +
      (this.comment === undefined ? '' : ` comment "${this.comment}"`))
  }
}

/** Where a base chain hangs. */
export interface NftHook {
  readonly type: 'filter' | 'nat'
  readonly hook: Hook
  readonly priority: number
  readonly policy: Policy
}

export class NftChain {
  readonly name: string
  readonly base: NftHook | undefined
  readonly comment: string | undefined
  rules: readonly NftRule[] = []

  constructor(name: string, options: { readonly base?: NftHook; readonly comment?: string } = {}) {
    this.name = name
    this.base = options.base
    this.comment = options.comment
  }
}

export type NftFamily = 'ip' | 'ip6'

export class NftTable {
  readonly family: NftFamily
  readonly name: string
  readonly comment: string | undefined
  readonly sets = new Map<string, NftSet>()
  readonly chains = new Map<string, NftChain>()

  constructor(family: NftFamily, name: string, comment?: string) {
    this.family = family
    this.name = name
    this.comment = comment
  }

  /** `ip kube-proxy`. */
  get title(): string {
    return `${this.family} ${this.name}`
  }
}

/** A base chain, and the table it is of. */
export interface BaseChain {
  readonly table: NftTable
  readonly chain: NftChain
  readonly base: NftHook
}

/** The tables of one host, by family and name. */
export class Nftables {
  readonly #tables = new Map<string, NftTable>()
  #baseChains: BaseChains = NO_CHAINS

  /** In the order in which they came to be. */
  get tables(): ReadonlyMap<string, NftTable> {
    return this.#tables
  }

  /** Enters a table whose base chains are complete: packets meet them from now on. */
  add(table: NftTable): void {
    this.#tables.set(table.title, table)
    this.#register()
  }

  delete(title: string): void {
    this.#tables.delete(title)
    this.#register()
  }

  /** What IPv4 packets meet at a hook, by priority. The same array until a table comes or goes. */
  baseChains(hook: Hook, type: NftHook['type']): readonly BaseChain[] {
    return this.#baseChains[type].get(hook) ?? NONE
  }

  #register(): void {
    const chains = [...this.#tables.values()]
      .filter(({ family }) => family === 'ip')
      .flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })))
      .flatMap(({ table, chain }) => (chain.base ? [{ table, chain, base: chain.base }] : []))
      .sort((a, b) => a.base.priority - b.base.priority)
    const found = { filter: new Map<Hook, BaseChain[]>(), nat: new Map<Hook, BaseChain[]>() }
    for (const one of chains) {
      const { type, hook } = one.base
      found[type].set(hook, [...(found[type].get(hook) ?? []), one])
    }
    this.#baseChains = found
  }
}

type BaseChains = Readonly<Record<NftHook['type'], ReadonlyMap<Hook, readonly BaseChain[]>>>

const NO_CHAINS: BaseChains = { filter: new Map(), nat: new Map() }

const NONE: readonly BaseChain[] = []
