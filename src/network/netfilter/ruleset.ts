import type { Random, Simulation } from '../../sim/index.ts'
import type { Address } from '../address.ts'
import { Nftables } from '../nftables/ruleset.ts'
import type { Counter, RecentLists } from './context.ts'
import type { IpSet } from './ip-sets.ts'
import { Rule, type RuleSpec } from './rule.ts'
import type { Target } from './targets.ts'

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter'
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'
export type Policy = 'ACCEPT' | 'DROP'

/** The chains each table is born with, in the order of the hooks. */
export const BUILT_IN: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
}

export const isTableName = (name: string): name is TableName => Object.hasOwn(BUILT_IN, name)

/** Shorter chains are walked rule by rule. */
const INDEXED_FROM = 16

interface DestinationIndex {
  /** Rules for exactly this address, and `others`, merged. */
  readonly byAddress: ReadonlyMap<Address, readonly number[]>
  /** Rules that do not ask for one exact address. */
  readonly others: readonly number[]
}

function indexOf(rules: readonly Rule[]): DestinationIndex {
  const byAddress = new Map<Address, number[]>()
  const others: number[] = []
  rules.forEach(({ destination }, index) => {
    if (!destination || destination.not || destination.prefix.length !== 32) return others.push(index)
    const { address } = destination.prefix
    const list = byAddress.get(address)
    return list ? list.push(index) : byAddress.set(address, [index])
  })
  for (const list of byAddress.values()) list.push(...others)
  for (const list of byAddress.values()) list.sort((a, b) => a - b)
  return { byAddress, others }
}

const NO_RULES: readonly Rule[] = []

/** A list of rules. A built-in chain has a policy and is where packets come in. */
export class Chain {
  readonly name: string
  policy: Policy | undefined
  #counter: Counter | undefined
  #rules: readonly Rule[] = NO_RULES
  /** Counters by rule, made when the first packet meets the chain. */
  #counters: Counter[] | undefined
  #index: DestinationIndex | undefined

  constructor(name: string, policy?: Policy) {
    this.name = name
    this.policy = policy
  }

  /** What the policy took. */
  get counter(): Counter {
    return (this.#counter ??= { packets: 0, bytes: 0 })
  }

  get rules(): readonly Rule[] {
    return this.#rules
  }

  /** Rules that were there before keep their counters. */
  set rules(rules: readonly Rule[]) {
    const counters = this.#counters
    const before = this.#rules
    this.#counters = undefined
    this.#index = undefined
    this.#rules = rules
    if (!counters) return
    const counted = new Map<Rule, Counter>()
    counters.forEach((counter, index) => counted.set(before[index]!, counter))
    const kept: Counter[] = (this.#counters = [])
    rules.forEach((rule, index) => {
      const counter = counted.get(rule)
      if (counter) kept[index] = counter
    })
  }

  /**
   * The places of the rules that a packet to `destination` can match at all, in order; undefined for every rule. With
   * 10,000 Services KUBE-SERVICES has as many rules, each for one address: trying them all would cost a millisecond.
   */
  candidates(destination: Address): readonly number[] | undefined {
    if (this.#rules.length < INDEXED_FROM) return undefined
    this.#index ??= indexOf(this.#rules)
    return this.#index.byAddress.get(destination) ?? this.#index.others
  }

  counterOf(index: number): Counter {
    this.#counters ??= []
    return (this.#counters[index] ??= { packets: 0, bytes: 0 })
  }

  copy(name = this.name): Chain {
    const copied = new Chain(name, this.policy)
    copied.#rules = this.#rules
    copied.#counters = this.#counters?.map((counter) => counter && { ...counter })
    copied.#counter = this.#counter && { ...this.#counter }
    return copied
  }

  zero(): void {
    this.#counters = undefined
    this.#counter = undefined
  }
}

const leadsTo = (target: Target, chain: string): boolean =>
  (target.kind === 'jump' || target.kind === 'goto') && target.chain === chain

const specOf = ({ source, destination, in: from, out, protocol, matches }: Rule): RuleSpec =>
  Object.fromEntries(
    Object.entries({ source, destination, in: from, out, protocol, matches }).filter(([, value]) => value),
  )

/** A table: its chains by name, built-in ones first. */
export class Table {
  readonly name: TableName
  readonly #chains = new Map<string, Chain>()

  constructor(name: TableName) {
    this.name = name
    for (const hook of BUILT_IN[name]) this.#chains.set(hook, new Chain(hook, 'ACCEPT'))
  }

  get chains(): ReadonlyMap<string, Chain> {
    return this.#chains
  }

  /** A table with the same rules and counters, to be changed apart. */
  copy(): Table {
    const copied = new Table(this.name)
    for (const chain of this.#chains.values()) copied.#chains.set(chain.name, chain.copy())
    return copied
  }

  chain(name: string): Chain | undefined {
    return this.#chains.get(name)
  }

  /** The chain of that name, made if there is none. */
  ensureChain(name: string): Chain {
    let chain = this.#chains.get(name)
    if (!chain) this.#chains.set(name, (chain = new Chain(name)))
    return chain
  }

  /** The caller has made sure that nothing jumps there. */
  deleteChain(name: string): void {
    this.#chains.delete(name)
  }

  /** Rules that lead to the chain follow it to its new name. */
  renameChain(from: string, to: string): void {
    const renamed = this.#chains.get(from)
    if (!renamed) return
    this.#chains.delete(from)
    this.#chains.set(to, renamed.copy(to))
    for (const chain of this.#chains.values()) {
      if (!chain.rules.some(({ target }) => target && leadsTo(target, from))) continue
      chain.rules = chain.rules.map((rule) =>
        rule.target && leadsTo(rule.target, from)
          ? new Rule({ ...specOf(rule), target: { kind: rule.target.kind as 'jump', chain: to } })
          : rule,
      )
    }
  }

  /** How many rules jump to each chain. */
  references(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { rules } of this.#chains.values()) {
      for (const { target } of rules) {
        if (target?.kind !== 'jump' && target?.kind !== 'goto') continue
        counts.set(target.chain, (counts.get(target.chain) ?? 0) + 1)
      }
    }
    return counts
  }

  /** Built-in chains in hook order, then the others by name: as `iptables-save` lists them. */
  inOrder(): Chain[] {
    const own = [...this.#chains.values()]
    const builtIn = own.filter((chain) => chain.policy)
    const user = own.filter((chain) => !chain.policy)
    return [...builtIn, ...user.sort((a, b) => (a.name < b.name ? -1 : 1))]
  }
}

/**
 * The packet filter of one host: tables that appear when something is written into them, and what rules remember
 * between packets. `iptables-save` prints this very structure, and packets walk it.
 */
export class Netfilter {
  readonly simulation: Simulation
  readonly hostName: string
  #recent: RecentLists | undefined
  #accounting: Map<string, Counter> | undefined
  #ipSets: Map<string, IpSet> | undefined
  /** The tables that are not iptables'. */
  readonly nftables = new Nftables()
  readonly #tables = new Map<TableName, Table>()
  #random: Random | undefined

  constructor(simulation: Simulation, hostName: string) {
    this.simulation = simulation
    this.hostName = hostName
  }

  get recent(): RecentLists {
    return (this.#recent ??= new Map())
  }

  /** Those of `ipset`, by name. */
  get ipSets(): Map<string, IpSet> {
    return (this.#ipSets ??= new Map())
  }

  get accounting(): Map<string, Counter> {
    return (this.#accounting ??= new Map())
  }

  /** In the order in which they came to be. */
  get tables(): ReadonlyMap<TableName, Table> {
    return this.#tables
  }

  /** The table, made with its built-in chains if there was none. */
  table(name: TableName): Table {
    let table = this.#tables.get(name)
    if (!table) this.#tables.set(name, (table = new Table(name)))
    return table
  }

  /** Puts a whole table in the place of what was there, as the kernel does at COMMIT. */
  replaceTable(name: TableName, table: Table): void {
    this.#tables.set(name, table)
  }

  /** Whether connections are tracked here: a host without any tables is spared the work, as in Linux. */
  get tracksConnections(): boolean {
    return this.#tables.size > 0 || this.nftables.tables.size > 0
  }

  /** Uniform in [0, 1), a stream of this host's own. */
  random(): number {
    this.#random ??= this.simulation.random(`netfilter ${this.hostName}`)
    return this.#random.next()
  }
}
