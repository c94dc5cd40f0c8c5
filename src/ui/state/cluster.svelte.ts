/**
 * The cluster as the page sees it: collections kept up to date by watches on the REST API, nothing else. Each update
 * replaces a collection; objects themselves are never changed.
 */
import type {
  Deployment,
  EndpointSlice,
  Event,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from '../../api/generated/types.ts'
import type { WatchEvent } from '../../api/wire.ts'
import { announcer } from './announcer.svelte.ts'
import { session } from './session.svelte.ts'
import { time } from './time.svelte.ts'

interface Named {
  readonly metadata?: { readonly namespace?: string; readonly name?: string }
}

const PATHS = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  endpointSlices: '/apis/discovery.k8s.io/v1/endpointslices',
  deployments: '/apis/apps/v1/deployments',
  replicaSets: '/apis/apps/v1/replicasets',
  events: '/api/v1/events',
} as const
type Collection = keyof typeof PATHS

export const keyOf = (object: Named): string =>
  `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`

class Cluster {
  pods = $state.raw<readonly Pod[]>([])
  services = $state.raw<readonly Service[]>([])
  nodes = $state.raw<readonly Node[]>([])
  namespaces = $state.raw<readonly Namespace[]>([])
  endpointSlices = $state.raw<readonly EndpointSlice[]>([])
  deployments = $state.raw<readonly Deployment[]>([])
  replicaSets = $state.raw<readonly ReplicaSet[]>([])
  events = $state.raw<readonly Event[]>([])
  /** False until the first answers are in. */
  isKnown = $state(false)
  readonly #objects = new Map<Collection, Map<string, Named>>()
  /** Collections whose first answer, the list, is in: only what comes after is news. */
  readonly #listed = new Set<Collection>()

  constructor() {
    session.onBoot(() => this.#watchAll())
    session.on('watch', ({ watch, events }) => {
      if (watch in PATHS) this.#apply(watch as Collection, events)
    })
    // A watch that ends (410 Gone, say) starts again from a fresh list.
    session.on('watch-end', ({ watch }) => {
      if (watch in PATHS) this.#watch(watch as Collection)
    })
  }

  #watchAll(): void {
    for (const collection of Object.keys(PATHS) as Collection[]) this.#watch(collection)
  }

  #watch(collection: Collection): void {
    this.#objects.set(collection, new Map())
    this.#listed.delete(collection)
    this.#publish(collection)
    void session.call('startWatch', collection, { method: 'GET', path: PATHS[collection] })
  }

  #apply(collection: Collection, events: readonly WatchEvent[]): void {
    const objects = this.#objects.get(collection)!
    for (const { type, object } of events) {
      const named = object as Named
      if (type === 'DELETED') objects.delete(keyOf(named))
      else if (type === 'ADDED' || type === 'MODIFIED') objects.set(keyOf(named), named)
      if (this.#listed.has(collection)) narrate(collection, type, named)
    }
    this.#listed.add(collection)
    this.#publish(collection)
    if (collection === 'nodes') this.isKnown = true
  }

  #publish(collection: Collection): void {
    const objects = [...this.#objects.get(collection)!.values()]
    if (collection !== 'events') objects.sort((a, b) => compare(keyOf(a), keyOf(b)))
    ;(this as unknown as Record<Collection, readonly Named[]>)[collection] = objects
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What a change means to someone who does not see the map. Status churn is left out. */
function narrate(collection: Collection, type: WatchEvent['type'], object: Named): void {
  if (collection === 'events' && type === 'ADDED') {
    const { reason, message, involvedObject } = object as Event
    time.mark([
      {
        atMs: time.nowMs,
        kind: 'event',
        label: `${reason}: ${involvedObject.kind?.toLowerCase()}/${involvedObject.name} ${message}`,
      },
    ])
  }
  const kind = { pods: 'Pod', services: 'Service', deployments: 'Deployment' }[collection as 'pods']
  if (!kind || object.metadata?.namespace === 'kube-system') return
  if (type === 'ADDED') announcer.say(`${kind} ${object.metadata?.name} created`)
  if (type === 'DELETED') announcer.say(`${kind} ${object.metadata?.name} deleted`)
}

export const cluster = new Cluster()
