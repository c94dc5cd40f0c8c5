import type { Address } from './address.ts'
import type { ConntrackEntry, Tracked } from './conntrack.ts'
import type { Host } from './host.ts'
import { bind, translate, translateError, type Manipulation } from './nat.ts'
import type { ConnectionState, Context, Counter, Passed, RecentLists } from './netfilter/context.ts'
import { walk, type Verdict } from './netfilter/evaluate.ts'
import type { IpSet } from './netfilter/ip-sets.ts'
import type { Hook, TableName } from './netfilter/ruleset.ts'
import { walkBaseChain } from './nftables/evaluate.ts'
import type { BaseChain } from './nftables/ruleset.ts'
import { describePacket, type Packet } from './packet.ts'
import { passedRules } from './trace.ts'

type Stage = TableName | 'track' | 'ipvs' | 'confirm'

/** What happens at each hook, in the order of the kernel's priorities. */
const STAGES: Readonly<Record<Hook, readonly Stage[]>> = {
  PREROUTING: ['raw', 'track', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'ipvs', 'nat', 'confirm'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['raw', 'track', 'mangle', 'nat', 'ipvs', 'filter'],
  POSTROUTING: ['mangle', 'nat', 'confirm'],
}

const MANIPULATION: Readonly<Record<Hook, Manipulation>> = {
  PREROUTING: 'destination',
  OUTPUT: 'destination',
  INPUT: 'source',
  POSTROUTING: 'source',
  FORWARD: 'source',
}

const ACCEPT: Verdict = { kind: 'ACCEPT' }

const PRIORITIES: Readonly<Record<Stage, (hook: Hook) => number>> = {
  raw: () => -300,
  track: () => -200,
  mangle: () => -150,
  nat: (hook) => (MANIPULATION[hook] === 'source' ? 100 : -100),
  filter: () => 0,
  ipvs: (hook) => (hook === 'INPUT' ? 99 : -98),
  confirm: () => Infinity,
}

/** The stages of a hook with the base chains of nftables among them, where their priorities put them. */
function stagesAt(hook: Hook, chains: readonly BaseChain[]): readonly (Stage | BaseChain)[] {
  if (chains.length === 0) return STAGES[hook]
  let stages = withChains.get(chains)
  if (!stages) {
    const own = STAGES[hook].map((stage) => ({ stage, priority: PRIORITIES[stage](hook) }))
    const others = chains.map((chain) => ({ stage: chain, priority: chain.base.priority }))
    stages = [...own, ...others].sort((a, b) => a.priority - b.priority).map(({ stage }) => stage)
    withChains.set(chains, stages)
  }
  return stages
}

const withChains = new WeakMap<readonly BaseChain[], readonly (Stage | BaseChain)[]>()

/** One packet in one host: what the hooks know of it, and what they decide. */
export class Passage implements Context {
  readonly host: Host
  readonly packet: Packet;
  in: string
  out = ''
  tracked: Tracked | undefined
  #errorTranslated = false

  constructor(host: Host, packet: Packet, inInterface: string, tracked?: Tracked) {
    this.host = host
    this.packet = packet
    this.in = inInterface
    this.tracked = tracked
  }

  /** Runs the tables of a hook over the packet. ACCEPT, or the verdict that ended its way. */
  run(hook: Hook): Verdict {
    const { netfilter } = this.host
    if (!netfilter.tracksConnections && !this.packet.trail) return ACCEPT
    const because: Passed[] | undefined = this.packet.trail ? [] : undefined
    const before = because ? describePacket(this.packet) : ''
    let verdict = ACCEPT
    if (netfilter.tracksConnections) {
      for (const stage of stagesAt(hook, netfilter.nftables.baseChains(hook, 'filter'))) {
        verdict =
          typeof stage === 'string'
            ? this.#stage(hook, stage, because)
            : walkBaseChain(stage, this.packet, this, because)
        if (verdict.kind !== 'ACCEPT') break
      }
    }
    if (because) this.#record(hook, before, because)
    return verdict
  }

  get nowMs(): number {
    return this.host.simulation.nowMs
  }

  get recent(): RecentLists {
    return this.host.netfilter.recent
  }

  get ipSets(): ReadonlyMap<string, IpSet> {
    return this.host.netfilter.ipSets
  }

  get accounting(): Map<string, Counter> {
    return this.host.netfilter.accounting
  }

  isLocal(address: Address): boolean {
    return this.host.isLocal(address)
  }

  random(): number {
    return this.host.netfilter.random()
  }

  hasState(state: ConnectionState): boolean {
    const tracked = this.tracked
    if (!tracked) return state === 'UNTRACKED'
    if (state === 'DNAT') return tracked.entry?.destinationNat ?? false
    if (state === 'SNAT') return tracked.entry?.sourceNat ?? false
    return tracked.state === state
  }

  /** Adds a stage to the packet's trail, for those that are no hook. */
  note(stage: string): void {
    if (this.packet.trail) this.#record(stage, describePacket(this.packet), [])
  }

  #stage(hook: Hook, stage: Stage, because: Passed[] | undefined): Verdict {
    if (stage === 'track') {
      this.tracked ??= this.host.conntrack.track(this.packet)
      return ACCEPT
    }
    if (stage === 'confirm') {
      const entry = this.tracked?.entry
      if (!entry || entry.confirmed || this.host.conntrack.confirm(entry)) return ACCEPT
      return { kind: 'DROP' }
    }
    if (stage === 'nat') return this.#nat(hook, because)
    if (stage === 'ipvs') return this.#ipvs(hook)
    const table = this.host.netfilter.tables.get(stage)
    const chain = table?.chain(hook)
    if (!table || !chain || (chain.rules.length === 0 && chain.policy === 'ACCEPT')) return ACCEPT
    return walk(table, chain, this.packet, this, because)
  }

  /** Only a connection's first packet meets the NAT rules; the others are translated as it was. */
  #nat(hook: Hook, because: Passed[] | undefined): Verdict {
    const tracked = this.tracked
    const entry = tracked?.entry
    if (!tracked || !entry) return ACCEPT
    if (tracked.state === 'RELATED') {
      if (!this.#errorTranslated) translateError(this.packet, entry, tracked.direction)
      this.#errorTranslated = true
      return ACCEPT
    }
    const manipulation = MANIPULATION[hook]
    if (!entry.confirmed && !isBound(entry, manipulation)) {
      const verdict = this.#askNat(hook, because)
      if (verdict.kind === 'DROP' || verdict.kind === 'REJECT') return verdict
      bind(this.host, entry, manipulation, verdict, this)
    }
    translate(this.packet, entry, tracked.direction, manipulation)
    return ACCEPT
  }

  /** A new connection to a virtual server becomes one to a real server; its later packets are translated as it was. */
  #ipvs(hook: Hook): Verdict {
    const entry = this.tracked?.entry
    const { ipvs } = this.host
    if (ipvs.isEmpty || !entry || entry.confirmed || entry.destinationNat) return ACCEPT
    const server = ipvs.schedule(this.packet, this.nowMs)
    if (!server) return ACCEPT
    if (server === 'none') return { kind: 'REJECT', with: 'icmp-port-unreachable' }
    entry.destinationNat = true
    entry.reply = { ...entry.reply, source: server.address, sourcePort: server.port }
    translate(this.packet, entry, 'original', 'destination')
    return hook === 'INPUT' ? { kind: 'IPVS' } : ACCEPT
  }

  /** The first of the NAT tables that has something to say decides. */
  #askNat(hook: Hook, because: Passed[] | undefined): Verdict {
    const { tables, nftables } = this.host.netfilter
    const table = tables.get('nat')
    const chain = table?.chain(hook)
    let verdict = table && chain ? walk(table, chain, this.packet, this, because) : ACCEPT
    for (const base of nftables.baseChains(hook, 'nat')) {
      if (verdict.kind !== 'ACCEPT') break
      verdict = walkBaseChain(base, this.packet, this, because)
    }
    return verdict
  }

  #record(stage: string, before: string, because: readonly Passed[]): void {
    this.packet.trail!.push({
      atMs: this.nowMs,
      host: this.host.name,
      stage,
      in: this.in,
      out: this.out,
      before,
      after: describePacket(this.packet),
      rules: passedRules(because),
      conntrack: this.tracked?.state ?? '',
      entry: this.tracked?.entry?.describe(this.nowMs).replace(/ +/g, ' ') ?? '',
    })
  }
}

const isBound = (entry: ConntrackEntry, manipulation: Manipulation): boolean =>
  (manipulation === 'source' ? entry.sourceNat : entry.destinationNat) !== undefined
