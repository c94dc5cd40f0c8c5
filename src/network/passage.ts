import type { Address } from './address.ts'
import type { ConntrackEntry, Tracked } from './conntrack.ts'
import type { Host } from './host.ts'
import { bind, translate, translateError, type Manipulation } from './nat.ts'
import type { ConnectionState, Context, Counter, Passed, RecentLists } from './netfilter/context.ts'
import { walk, type Verdict } from './netfilter/evaluate.ts'
import type { Hook, TableName } from './netfilter/ruleset.ts'
import { describePacket, type Packet } from './packet.ts'
import { passedRules } from './trace.ts'

/** What happens at each hook, in the order of the kernel's priorities. */
const STAGES: Readonly<Record<Hook, readonly (TableName | 'track' | 'confirm')[]>> = {
  PREROUTING: ['raw', 'track', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'nat', 'confirm'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['raw', 'track', 'mangle', 'nat', 'filter'],
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
    if (netfilter.tables.size === 0 && !this.packet.trail) return ACCEPT
    const because: Passed[] | undefined = this.packet.trail ? [] : undefined
    const before = because ? describePacket(this.packet) : ''
    let verdict = ACCEPT
    if (netfilter.tracksConnections) {
      for (const stage of STAGES[hook]) {
        verdict = this.#stage(hook, stage, because)
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

  #stage(hook: Hook, stage: TableName | 'track' | 'confirm', because: Passed[] | undefined): Verdict {
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
      const table = this.host.netfilter.tables.get('nat')
      const chain = table?.chain(hook)
      const verdict = table && chain ? walk(table, chain, this.packet, this, because) : ACCEPT
      if (verdict.kind === 'DROP' || verdict.kind === 'REJECT') return verdict
      bind(this.host, entry, manipulation, verdict, this)
    }
    translate(this.packet, entry, tracked.direction, manipulation)
    return ACCEPT
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
    })
  }
}

const isBound = (entry: ConntrackEntry, manipulation: Manipulation): boolean =>
  (manipulation === 'source' ? entry.sourceNat : entry.destinationNat) !== undefined
