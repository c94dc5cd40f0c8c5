import * as api from '../../../../api/index.ts'
import type { KubernetesObject, OwnerReference, Resource } from '../../../../api/index.ts'
import {
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  uidOf,
  WorkQueue,
  type Client,
  type InformerSet,
  type Patch,
} from '../../../../client/index.ts'
import { OwnerGraph, ownersOf, type Vertex } from './graph.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'
const NAME = 'garbage-collector-controller'
const WORKERS = 20

/** Events are many and own nothing; the others cannot be deleted. */
const collected = api.kinds.filter(
  ({ plural, verbs, conversion }) =>
    plural !== 'events' && !conversion && verbs.includes('delete') && verbs.includes('watch'),
)

/**
 * Deletes what lost its last owner. An owner deleted in the background takes its dependents after it; in the
 * foreground it waits, by a finalizer, for those that block it; orphaning strips their references first.
 */
export function startGarbageCollector(options: {
  readonly client: Client
  readonly informers: InformerSet
}): {
  stop(): void
} {
  const { client, informers } = options
  const { simulation } = client
  const graph = new OwnerGraph()
  const queue = new WorkQueue({ simulation, workers: WORKERS, work })
  let synced = false

  for (const resource of collected) {
    const informer = informers.for(resource as Resource)
    informer.onChange((next, previous) => {
      if (next) observe({ resource, object: next })
      if (previous && (!next || uidOf(next) !== uidOf(previous))) forget(previous)
    })
  }
  informers.onSync(() => {
    synced = true
    for (const resource of collected) {
      for (const object of informers.for(resource as Resource).list()) wake({ resource, object })
    }
  })

  function observe(vertex: Vertex): void {
    graph.put(vertex)
    if (synced) wake(vertex)
  }

  /** Only two kinds of objects need a look: those that wait for their dependents, and those whose owner is away. */
  function wake({ object }: Vertex): void {
    const owners = ownersOf(object)
    if (isWaiting(object) || owners.some(({ uid }) => !graph.get(uid) || isBlocked(uid)))
      queue.add(uidOf(object))
  }

  const isBlocked = (owner: string): boolean => {
    const vertex = graph.get(owner)
    return vertex !== undefined && hasFinalizer(vertex.object, FOREGROUND) && isDeleting(vertex.object)
  }

  function forget(object: KubernetesObject): void {
    const owners = ownersOf(object)
    const dependents = graph.dependentsOf(uidOf(object))
    graph.remove(uidOf(object))
    for (const uid of dependents) queue.add(uid)
    for (const { uid } of owners) if (isBlocked(uid)) queue.add(uid)
  }

  function work(uid: string, finished: () => void): void {
    const vertex = graph.get(uid)
    if (!vertex) return finished()
    const done = (failure?: string): void => {
      if (failure === undefined) queue.forget(uid)
      else queue.addRateLimited(uid)
      finished()
    }
    if (isDeleting(vertex.object))
      return hasFinalizer(vertex.object, ORPHAN) ? orphan(vertex, done) : foreground(vertex, done)
    classify(vertex, (owners) => collect(vertex, owners, done))
  }

  /** Tells the owners that live from those that are gone and those that wait for us. */
  function classify(vertex: Vertex, done: (owners: Owners) => void): void {
    const solid: OwnerReference[] = []
    const gone: OwnerReference[] = []
    const waiting: OwnerReference[] = []
    const references = ownersOf(vertex.object)
    let unanswered = references.length
    if (unanswered === 0) return done({ solid, gone, waiting })
    for (const reference of references) {
      lookUp(vertex, reference, (state) => {
        const isBlocking = state === 'waiting' && reference.blockOwnerDeletion
        ;(state === 'gone' ? gone : isBlocking ? waiting : solid).push(reference)
        if (--unanswered === 0) done({ solid, gone, waiting })
      })
    }
  }

  function lookUp(
    vertex: Vertex,
    { uid, kind, apiVersion, name }: OwnerReference,
    done: (state: OwnerState) => void,
  ): void {
    if (graph.get(uid)) return done(isBlocked(uid) ? 'waiting' : 'solid')
    if (graph.isKnownGone(uid)) return done('gone')
    const resource = api.kinds.find(
      (candidate) => candidate.kind === kind && api.apiVersionOf(candidate) === apiVersion,
    )
    if (!resource) return done('solid')
    // Never seen: our cache may be behind, so the server is asked.
    const namespace = resource.namespaced ? namespaceOf(vertex.object) : undefined
    client.get(resource as Resource, namespace, name, (result) => {
      const isGone = result.ok ? uidOf(result.object) !== uid : result.code === 404
      if (isGone) graph.noteGone(uid)
      done(isGone ? 'gone' : 'solid')
    })
  }

  function collect(vertex: Vertex, { solid, gone, waiting }: Owners, done: (failure?: string) => void): void {
    const lost = [...gone, ...waiting]
    if (lost.length === 0) return done()
    if (solid.length > 0) return dropOwners(vertex, lost, done)
    const hasDependents = graph.dependentsOf(uidOf(vertex.object)).length > 0
    const propagationPolicy = hasFinalizer(vertex.object, ORPHAN)
      ? 'Orphan'
      : hasFinalizer(vertex.object, FOREGROUND) || (waiting.length > 0 && hasDependents)
        ? 'Foreground'
        : 'Background'
    const { resource, object } = vertex
    tell(`deletes ${resource.kind} ${keyOf(object)}: its owner ${lost[0]!.kind} ${lost[0]!.name} is gone`)
    const preconditions = { uid: uidOf(object) }
    const namespace = namespaceOf(object) || undefined
    client.delete(resource, namespace, nameOf(object), { propagationPolicy, preconditions }, (result) =>
      done(result.ok || result.code === 404 || result.code === 409 ? undefined : result.status.message),
    )
  }

  function foreground(vertex: Vertex, done: (failure?: string) => void): void {
    if (!hasFinalizer(vertex.object, FOREGROUND)) return done()
    const uid = uidOf(vertex.object)
    const blocking = graph.dependentsOf(uid).filter((dependent) => {
      const object = graph.get(dependent)?.object
      return object && ownersOf(object).some((owner) => owner.uid === uid && owner.blockOwnerDeletion)
    })
    for (const dependent of blocking) queue.add(dependent)
    if (blocking.length > 0) return done()
    removeFinalizer(vertex, FOREGROUND, done)
  }

  function orphan(vertex: Vertex, done: (failure?: string) => void): void {
    const uid = uidOf(vertex.object)
    const dependents = graph.dependentsOf(uid).flatMap((dependent) => graph.get(dependent) ?? [])
    let unanswered = dependents.length
    let failure: string | undefined
    if (unanswered === 0) return removeFinalizer(vertex, ORPHAN, done)
    for (const dependent of dependents) {
      dropOwners(
        dependent,
        ownersOf(dependent.object).filter((owner) => owner.uid === uid),
        (reason) => {
          failure ??= reason
          if (--unanswered > 0) return
          if (failure === undefined) removeFinalizer(vertex, ORPHAN, done)
          else done(failure)
        },
      )
    }
  }

  function dropOwners(
    vertex: Vertex,
    owners: readonly OwnerReference[],
    done: (failure?: string) => void,
  ): void {
    const ownerReferences = ownersOf(vertex.object).filter(
      ({ uid }) => !owners.some((owner) => owner.uid === uid),
    )
    const body = {
      metadata: {
        uid: uidOf(vertex.object),
        resourceVersion: vertex.object.metadata?.resourceVersion,
        ownerReferences,
      },
    }
    change(vertex, { type: 'merge', body }, done)
  }

  function removeFinalizer(vertex: Vertex, finalizer: string, done: (failure?: string) => void): void {
    const { metadata } = vertex.object
    const finalizers = metadata?.finalizers?.filter((name) => name !== finalizer)
    const body = { metadata: { uid: metadata?.uid, resourceVersion: metadata?.resourceVersion, finalizers } }
    change(vertex, { type: 'merge', body }, done)
  }

  function change({ resource, object }: Vertex, patch: Patch, done: (failure?: string) => void): void {
    client.patch(resource, namespaceOf(object) || undefined, nameOf(object), patch, (result) =>
      done(result.ok || result.code === 404 ? undefined : result.status.message),
    )
  }

  function tell(message: string): void {
    if (simulation.trace.active) simulation.trace.emit({ source: NAME, type: 'reconcile', message })
  }

  return { stop: () => queue.stop() }
}

type OwnerState = 'solid' | 'gone' | 'waiting'
type Owners = Readonly<Record<OwnerState, readonly OwnerReference[]>>

const hasFinalizer = (object: KubernetesObject, name: string): boolean =>
  object.metadata?.finalizers?.includes(name) ?? false

const isWaiting = (object: KubernetesObject): boolean =>
  isDeleting(object) && (hasFinalizer(object, FOREGROUND) || hasFinalizer(object, ORPHAN))
