/** What the network and the components tell while somebody looks: connections with their packets, and reactions. */
import type { TimedTraceEvent } from '../../worker/protocol.ts'
import { flowKeysOf, isProbe, isStory, type PacketStory } from '../../network/story.ts'
import { cluster } from './cluster.svelte.ts'
import { session } from './session.svelte.ts'
import { layout } from './layout.svelte.ts'

const FLOWS_KEPT = 60
const PACKETS_KEPT = 40
const REACTIONS_KEPT = 30
/** How long a component stays lit, in wall ms. */
const LIT_MS = 4000

export interface TracedPacket {
  readonly atMs: number
  readonly story: PacketStory
  readonly isReply: boolean
}

/** Packets of one connection, both ways. */
export interface Flow {
  readonly id: number
  readonly key: string
  readonly packets: readonly TracedPacket[]
}

/** A component did something, and why. */
export interface Reaction {
  readonly id: number
  readonly atMs: number
  readonly source: string
  readonly message: string
}

class Trace {
  flows = $state.raw<readonly Flow[]>([])
  reactions = $state.raw<readonly Reaction[]>([])
  /** Those of the last moments, oldest first. */
  recent = $state.raw<readonly Reaction[]>([])
  /** Probes of kubelets and load balancers come every few seconds and would hide what the learner does. */
  showsProbes = $state(false)
  selected = $state<number>()
  /** The hop looked at: its host lights up on the map. */
  hop = $state<number>()
  readonly #listeners = new Set<(packet: TracedPacket, flow: Flow) => void>()
  #next = 1

  constructor() {
    session.on('trace', ({ events }) => this.#receive(events))
  }

  /** Also while a terminal or the browser is in front: what is sent there is looked at afterwards. */
  get isWanted(): boolean {
    return layout.arrangement !== 'phone' || layout.phoneView === 'work'
  }

  isShown({ packets }: Flow): boolean {
    const nodes = cluster.nodes.map(({ metadata }) => metadata?.name ?? '')
    return this.showsProbes || !isProbe(packets[0]!.story, nodes)
  }

  /** Told of every packet as it ends its way: the map draws it. */
  onPacket(listener: (packet: TracedPacket, flow: Flow) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  select(flow: number): void {
    this.selected = flow
    this.hop = undefined
    layout.show('trace')
  }

  #receive(events: readonly TimedTraceEvent[]): void {
    const flows = [...this.flows]
    const reactions: Reaction[] = []
    for (const event of events) {
      if (event.type === 'packet' && isStory(event.data)) this.#file(flows, event.atMs, event.data)
      else if (event.type === 'reconcile' || event.type === 'sync')
        reactions.push({ id: this.#next++, ...event })
    }
    this.flows = flows.slice(0, FLOWS_KEPT)
    if (reactions.length === 0) return
    this.#light(reactions)
    this.reactions = [...reactions.toReversed(), ...this.reactions].slice(0, REACTIONS_KEPT)
  }

  #light(reactions: readonly Reaction[]): void {
    this.recent = [...this.recent, ...reactions].slice(-REACTIONS_KEPT)
    setTimeout(() => (this.recent = this.recent.filter((one) => !reactions.includes(one))), LIT_MS)
  }

  /** Newest connection first; an old connection that speaks again comes to the front. */
  #file(flows: Flow[], atMs: number, story: PacketStory): void {
    const { forward, reverse } = flowKeysOf(story)
    const replyTo = flows.findIndex(({ key }) => key === reverse)
    const at = replyTo >= 0 ? replyTo : flows.findIndex(({ key }) => key === forward)
    const packet: TracedPacket = { atMs, story, isReply: replyTo >= 0 }
    const before = at >= 0 ? flows.splice(at, 1)[0]! : { id: this.#next++, key: forward, packets: [] }
    const flow = { ...before, packets: [...before.packets, packet].slice(-PACKETS_KEPT) }
    flows.unshift(flow)
    for (const listener of this.#listeners) listener(packet, flow)
  }
}

export const trace = new Trace()
