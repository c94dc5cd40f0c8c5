import {
  NftChain,
  NftSet,
  type Netfilter,
  type NftElement,
  type NftTable,
} from '../../../../network/index.ts'
import type { PortPlan } from '../plan.ts'
import type { ServiceWriter, Surroundings } from '../service-writer.ts'
import { hairpinElements, rulesForPort, type PortRules } from './rules.ts'
import { createTable, type SharedSet } from './table.ts'

const TABLES = ['ip kube-proxy', 'ip6 kube-proxy'] as const

/** What was written for a Service. */
interface Written {
  readonly plans: readonly PortPlan[]
  readonly rules: readonly PortRules[]
  readonly hairpin: readonly NftElement[]
}

/**
 * Keeps the table `ip kube-proxy` of a node. It remembers what it wrote: a sync touches the chains and elements of the
 * Services that changed; a full sync makes the table anew.
 */
export class NftablesWriter implements ServiceWriter {
  readonly #netfilter: Netfilter
  readonly #clusterCidr: string
  readonly #services = new Map<string, Written>()
  /** How many Services want an element: those of hairpin connections may be wanted by several. */
  readonly #wanted = new Map<string, number>()
  #surroundings: Surroundings | undefined

  constructor(netfilter: Netfilter, clusterCidr: string) {
    this.#netfilter = netfilter
    this.#clusterCidr = clusterCidr
  }

  get flushed(): boolean {
    return TABLES.some((title) => !this.#netfilter.nftables.tables.has(title))
  }

  partialSync(changed: ReadonlyMap<string, readonly PortPlan[]>): number {
    const table = this.#netfilter.nftables.tables.get(TABLES[0])
    let written = 0
    for (const [service, plans] of changed) {
      const before = this.#services.get(service)
      const next = this.#remember(service, plans)
      if (!table) continue
      if (next) written += this.#write(table, next, before)
      if (before) this.#remove(table, before, next)
    }
    return written
  }

  fullSync(changed: ReadonlyMap<string, readonly PortPlan[]>, surroundings: Surroundings): number {
    const { nftables } = this.#netfilter
    const before = nftables.tables.get(TABLES[0])
    this.#surroundings = surroundings
    for (const [service, plans] of changed) this.#remember(service, plans)
    const table = createTable('ip', surroundings, this.#clusterCidr)
    this.#wanted.clear()
    let written = 0
    for (const [service, { plans }] of this.#services) {
      const again = this.#remember(service, plans)
      if (again) written += this.#write(table, again, undefined, before)
    }
    nftables.add(table)
    nftables.add(createTable('ip6', surroundings, this.#clusterCidr))
    return written
  }

  #remember(service: string, plans: readonly PortPlan[]): Written | undefined {
    if (plans.length === 0) {
      this.#services.delete(service)
      return undefined
    }
    const nodeName = this.#surroundings?.node.name ?? ''
    const written: Written = {
      plans,
      rules: plans.map((plan) => rulesForPort(plan, this.#clusterCidr)),
      hairpin: plans.flatMap((plan) => hairpinElements(plan, nodeName)),
    }
    this.#services.set(service, written)
    return written
  }

  /** @param from the table whose clients with affinity go on as they are */
  #write(table: NftTable, next: Written, before?: Written, from: NftTable = table as NftTable): number {
    let written = 0
    for (const { chains, affinitySets } of next.rules) {
      for (const spec of affinitySets) {
        const existing = from.sets.get(spec.name)
        const keeps = existing?.spec.timeoutS === spec.timeoutS
        table.sets.set(spec.name, existing && keeps ? existing : new NftSet(spec))
      }
      for (const [name, rules] of chains) {
        if (before?.rules.some((port) => port.chains.get(name) === rules)) continue
        let chain = table.chains.get(name)
        if (!chain) table.chains.set(name, (chain = new NftChain(name)))
        chain.rules = rules
        written++
      }
    }
    for (const [set, element] of elementsOf(next)) {
      const id = idOf(set, element)
      this.#wanted.set(id, (this.#wanted.get(id) ?? 0) + 1)
      table.sets.get(set)?.add(element)
    }
    return written
  }

  #remove(table: NftTable, before: Written, next: Written | undefined): void {
    for (const { chains, affinitySets } of before.rules) {
      for (const name of chains.keys())
        if (!next?.rules.some((port) => port.chains.has(name))) table.chains.delete(name)
      for (const { name } of affinitySets)
        if (!next?.rules.some((port) => port.affinitySets.some((kept) => kept.name === name)))
          table.sets.delete(name)
    }
    for (const [set, element] of elementsOf(before)) {
      const id = idOf(set, element)
      const left = (this.#wanted.get(id) ?? 1) - 1
      if (left > 0) this.#wanted.set(id, left)
      else {
        this.#wanted.delete(id)
        table.sets.get(set)?.delete(element.key)
      }
    }
  }
}

function* elementsOf({ rules, hairpin }: Written): Iterable<readonly [SharedSet, NftElement]> {
  for (const { elements } of rules) yield* elements
  for (const element of hairpin) yield ['hairpin-connections', element]
}

const idOf = (set: SharedSet, { key }: NftElement) => `${set} ${key.join(' ')}`

/** Takes kube-proxy's tables away, as it does itself when it starts in another mode. */
export function removeTables({ nftables }: Netfilter): void {
  for (const title of TABLES) nftables.delete(title)
}
