import type { Netfilter, Rule } from '../../../../network/index.ts'
import type { PortPlan } from '../plan.ts'
import type { ServiceWriter } from '../service-writer.ts'
import { CANARY, CANARY_TABLES, ensureBaseRules, ensureCanaries, NODE_PORTS_JUMP } from './base-rules.ts'
import type { PortRules, SharedChain } from './port-rules.ts'
import { rulesForPort } from './rules.ts'

type SharedTable = 'nat' | 'filter'

const SHARED: readonly (readonly [SharedTable, SharedChain])[] = [
  ['nat', 'KUBE-SERVICES'],
  ['nat', 'KUBE-NODEPORTS'],
  ['filter', 'KUBE-SERVICES'],
  ['filter', 'KUBE-EXTERNAL-SERVICES'],
  ['filter', 'KUBE-NODEPORTS'],
  ['filter', 'KUBE-PROXY-FIREWALL'],
]

/**
 * Keeps the rules of all Services in a node's tables. It remembers what it wrote: a sync touches the chains of the
 * Services that changed and the shared chains, so that what somebody changed by hand elsewhere stays as it is until a
 * full sync writes everything anew.
 */
export class IptablesWriter implements ServiceWriter {
  readonly #netfilter: Netfilter
  readonly #clusterCidr: string
  /** By Service (`namespace/name`). */
  readonly #services = new Map<string, readonly PortRules[]>()
  readonly #shared = new Map<string, readonly Rule[]>()
  readonly #staleShared = new Set<SharedTable>(['nat', 'filter'])

  constructor(netfilter: Netfilter, clusterCidr: string) {
    this.#netfilter = netfilter
    this.#clusterCidr = clusterCidr
  }

  /** Whether somebody flushed the tables under us. */
  get flushed(): boolean {
    return CANARY_TABLES.some((table) => !this.#netfilter.tables.get(table)?.chain(CANARY))
  }

  partialSync(changed: ReadonlyMap<string, readonly PortPlan[]>): number {
    let written = 0
    for (const [service, plans] of changed) written += this.#replace(service, plans)
    return written + this.#writeShared()
  }

  fullSync(changed: ReadonlyMap<string, readonly PortPlan[]>): number {
    ensureCanaries(this.#netfilter)
    ensureBaseRules(this.#netfilter)
    for (const [service, plans] of changed) this.#replace(service, plans)
    const nat = this.#netfilter.table('nat')
    const wanted = new Set<string>()
    for (const ports of this.#services.values()) {
      for (const { chains } of ports) {
        for (const [name, rules] of chains) {
          wanted.add(name)
          nat.ensureChain(name).rules = rules
        }
      }
    }
    for (const name of [...nat.chains.keys()]) {
      if (OWN_CHAIN.test(name) && !wanted.has(name)) nat.deleteChain(name)
    }
    this.#staleShared.add('nat').add('filter')
    return wanted.size + this.#writeShared()
  }

  #replace(service: string, plans: readonly PortPlan[]): number {
    const next = plans.map((plan) => rulesForPort(plan, this.#clusterCidr))
    const nat = this.#netfilter.table('nat')
    const before = this.#services.get(service) ?? []
    const kept = new Set<string>()
    let written = 0
    for (const { chains } of next) {
      for (const [name, rules] of chains) {
        kept.add(name)
        const old = before.find((port) => port.chains.has(name))?.chains.get(name)
        const chain = nat.ensureChain(name)
        if (old && sameRules(old, rules)) continue
        chain.rules = rules
        written++
      }
    }
    for (const { chains } of before)
      for (const name of chains.keys()) if (!kept.has(name)) nat.deleteChain(name)
    for (const table of ['nat', 'filter'] as const) {
      if (sharedText(before, table) !== sharedText(next, table)) this.#staleShared.add(table)
    }
    if (next.length > 0) this.#services.set(service, next)
    else this.#services.delete(service)
    return written
  }

  /** The shared chains are rewritten when a Service's lines in them changed, or when they are not what we left. */
  #writeShared(): number {
    let written = 0
    for (const [table, name] of SHARED) {
      const chain = this.#netfilter.table(table).ensureChain(name)
      const key = `${table} ${name}`
      if (!this.#staleShared.has(table) && chain.rules === this.#shared.get(key)) continue
      const rules = this.#sharedRules(table, name)
      this.#shared.set(key, rules)
      chain.rules = rules
      written++
    }
    this.#staleShared.clear()
    return written
  }

  #sharedRules(table: SharedTable, name: SharedChain): readonly Rule[] {
    const rules: Rule[] = []
    for (const ports of this.#services.values())
      for (const port of ports) rules.push(...(port[table].get(name) ?? []))
    if (table === 'nat' && name === 'KUBE-SERVICES') rules.push(NODE_PORTS_JUMP)
    return rules
  }
}

const OWN_CHAIN = /^KUBE-(SVC|SVL|EXT|FW|SEP)-/

const sameRules = (a: readonly Rule[], b: readonly Rule[]): boolean =>
  a === b ||
  (a.length === b.length && a.every((rule, index) => rule === b[index] || rule.text === b[index]!.text))

const sharedText = (ports: readonly PortRules[], table: SharedTable): string =>
  ports
    .flatMap((port) =>
      [...port[table]].map(([name, rules]) => name + rules.map(({ text }) => text).join('\n')),
    )
    .join('\n')
