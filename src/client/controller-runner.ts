import type { KubernetesObject, Resource } from '../api/resource.ts'
import type { Client } from './client.ts'
import type { Controller, ReconcileContext } from './controller.ts'
import { EventRecorder } from './event-recorder.ts'
import { Expectations } from './expectations.ts'
import type { Informer, InformerSet } from './informer.ts'
import { controllerOf, keyOf, namespaceOf, uidOf } from './objects.ts'
import { WorkQueue } from './work-queue.ts'
import { WriteSender } from './write-sender.ts'

const CONTROLLER_INDEX = 'controller'

/**
 * What looking at one object takes a controller, in ms, a large set's status and slices included: why a controller of
 * a thousand Pods writes about them 20 times a second (which is all that kube-controller-manager's clients may) and
 * not at each of their changes.
 */
const COST_PER_OBJECT_MS = 0.05
/** Less than this is left out. */
const LEAST_COST_MS = 1

/**
 * Runs one controller: wakes it, gives it its cache, sends what it returns, and tries again what failed.
 * The informers are shared with other controllers of the same component and started by whoever made the set.
 */
export function runController(
  definition: Controller,
  options: { readonly client: Client; readonly informers: InformerSet },
): { stop(): void } {
  const { client, informers } = options
  const { simulation } = client
  const primary = informers.for(definition.for)
  const recorder = new EventRecorder(client, definition.name)
  /** Keys woken before the caches were filled, or while their expectations were open. */
  const early = new Set<string>()
  let stopped = false
  let synced = false

  const expectations = new Expectations((key) => {
    if (early.delete(key)) queue.add(key)
  })
  const involved = new Map<string, Informer<never>>()
  const informerOf = ({ group, plural }: Resource) => involved.get(`${group}/${plural}`)
  const involve = (resource: Resource): Informer<never> => {
    const informer = informers.for(resource) as unknown as Informer<never>
    involved.set(`${resource.group}/${resource.plural}`, informer)
    return informer
  }
  const sender = new WriteSender({ name: definition.name, client, informerOf, recorder, expectations })
  const queue = new WorkQueue({
    simulation,
    work,
    workers: definition.workers ?? 5,
    ...(definition.backoff && { backoff: definition.backoff }),
  })
  let looked = 0
  const context = createContext(definition, client, informers, (count) => (looked += count))

  const wake = (key: string, delayMs = 0): void => {
    if (synced) queue.addAfter(key, delayMs)
    else early.add(key)
  }

  function work(key: string, finished: () => void): void {
    if (expectations.isOpen(key)) {
      early.add(key)
      return finished()
    }
    const object = primary.getByKey(key)
    looked = 0
    const writes = object ? definition.reconcile(object, context) : (definition.gone?.(key, context) ?? [])
    const costMs = looked * COST_PER_OBJECT_MS
    sender.send(key, writes, (outcome) => {
      if (stopped) return finished()
      if (outcome.failure === undefined) queue.forget(key)
      else queue.addRateLimited(key)
      if (outcome.requeueAfterMs !== undefined) queue.addAfter(key, outcome.requeueAfterMs)
      if (costMs < LEAST_COST_MS) finished()
      else simulation.schedule(costMs, finished)
    })
  }

  for (const { resource, name, valuesOf } of definition.indexes ?? [])
    informers.for(resource).addIndex(name, valuesOf)
  involve(definition.for)
  primary.onChange((next, previous) => {
    if (definition.wakesFor?.(next as never, previous as never) ?? true) wake(keyOf((next ?? previous)!))
  })
  for (const resource of definition.owns ?? []) {
    const informer = involve(resource) as unknown as Informer<KubernetesObject>
    informer.addIndex(CONTROLLER_INDEX, (object) => [
      controllerOf(object)?.uid ?? orphanKey(namespaceOf(object)),
    ])
    informer.onChange((next, previous) => {
      const now = next && ownerKey(definition.for, next)
      const before = previous && ownerKey(definition.for, previous)
      if (now !== undefined) wake(now, previous ? definition.batchMs : 0)
      if (before !== undefined && before !== now) wake(before, definition.batchMs)
    })
  }
  for (const { resource, keys, when } of definition.watches ?? []) {
    const informer = involve(resource)
    informer.onChange((next, previous) => {
      if (when && !when(next, previous)) return
      if (previous) for (const key of keys(previous, context)) wake(key)
      if (next) for (const key of keys(next, context)) wake(key)
    })
  }
  for (const informer of involved.values()) {
    informer.onChange((next, previous) => expectations.observe(informer, next, previous))
  }
  let missing = involved.size
  for (const informer of involved.values()) {
    informer.onSync(() => {
      if (--missing > 0 || stopped) return
      synced = true
      for (const key of early) queue.add(key)
      early.clear()
    })
  }

  return {
    stop() {
      stopped = true
      synced = false
      queue.stop()
    },
  }
}

const orphanKey = (namespace: string): string => `orphan of ${namespace}`

function ownerKey(owner: Resource, object: KubernetesObject): string | undefined {
  const reference = controllerOf(object)
  if (reference?.kind !== owner.kind || !reference.apiVersion.startsWith(owner.group)) return undefined
  return owner.namespaced ? `${namespaceOf(object)}/${reference.name}` : reference.name
}

function createContext(
  definition: Controller,
  client: Client,
  informers: InformerSet,
  look: (count: number) => void,
): ReconcileContext {
  const { simulation } = client
  const seen = <T>(objects: readonly T[]): readonly T[] => {
    look(objects.length)
    return objects
  }
  return {
    simulation,
    get nowMs() {
      return simulation.nowMs
    },
    random: simulation.random(definition.name),
    get: (resource, namespace, name) => informers.for(resource).get(namespace, name),
    list: (resource, namespace) => seen(informers.for(resource).list(namespace)),
    byIndex: (resource, name, value) => seen(informers.for(resource).byIndex(name, value)),
    ownedBy: (resource, owner) => seen(informers.for(resource).byIndex(CONTROLLER_INDEX, uidOf(owner))),
    orphans: (resource, namespace) =>
      seen(informers.for(resource).byIndex(CONTROLLER_INDEX, orphanKey(namespace))),
  }
}
