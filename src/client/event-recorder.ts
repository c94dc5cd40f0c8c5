import type { Event, ObjectReference } from '../api/generated/types.ts'
import { event as eventKind } from '../api/kinds/event.ts'
import { apiVersionOf, type KubernetesObject, type Resource } from '../api/resource.ts'
import type { Client } from './client.ts'

export type EventType = 'Normal' | 'Warning'

/** client-go's `EventCorrelator` with its defaults. */
const SIMILAR_EVENTS = 10
const SIMILAR_WITHIN_MS = 600_000
const BURST_PER_OBJECT = 25
const REFILL_MS = 300_000
/** What was recorded longest ago is forgotten first. */
const REMEMBERED = 4096
/** The broadcaster's queue: what does not fit is lost. */
const QUEUE_LENGTH = 1000

interface Observed {
  readonly name: string
  readonly namespace: string
  readonly firstTimestamp: string
  readonly count: number
}

interface Similar {
  readonly messages: Set<string>
  lastMs: number
}

interface Bucket {
  tokens: number
  refilledMs: number
}

/** What an event is about; `fieldPath` names a part of it, such as `spec.containers{web}`. */
export function referenceTo(
  object: KubernetesObject,
  resource: Resource,
  fieldPath?: string,
): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata ?? {}
  return {
    kind: resource.kind,
    ...(namespace && { namespace }),
    name,
    uid,
    apiVersion: apiVersionOf(resource),
    resourceVersion,
    ...(fieldPath && { fieldPath }),
  }
}

/**
 * Tells what a component did, as Events. Those that repeat become a count; of an object's many similar ones the
 * later are combined into one; an object that talks without end is silenced (25 at once, then one in 5 minutes).
 * Events are sent one after the other and never waited for.
 */
export class EventRecorder {
  readonly #client: Client
  readonly #component: string
  readonly #host: string | undefined
  readonly #observed = new Map<string, Observed>()
  readonly #similar = new Map<string, Similar>()
  readonly #buckets = new Map<string, Bucket>()
  readonly #queue: (() => void)[] = []
  #sending = false

  constructor(client: Client, component: string, host?: string) {
    this.#client = client
    this.#component = component
    this.#host = host
  }

  record(about: ObjectReference, type: EventType, reason: string, message: string): void {
    const nowMs = this.#client.simulation.nowMs
    const object = [about.kind, about.namespace, about.name, about.uid, about.apiVersion].join('|')
    const similarKey = [object, type, reason, about.fieldPath].join('|')
    const isOneOfMany = this.#isOneOfMany(similarKey, message, nowMs)
    if (!this.#hasToken(object, nowMs)) return
    const text = isOneOfMany ? `(combined from similar events): ${message}` : message
    const key = isOneOfMany ? similarKey : `${similarKey}|${message}`
    this.#enqueue(() => this.#send(key, about, type, reason, text))
  }

  #isOneOfMany(key: string, message: string, nowMs: number): boolean {
    let similar = this.#similar.get(key)
    if (!similar || nowMs - similar.lastMs > SIMILAR_WITHIN_MS) {
      remember(this.#similar, key, (similar = { messages: new Set(), lastMs: nowMs }))
    }
    similar.lastMs = nowMs
    similar.messages.add(message)
    if (similar.messages.size < SIMILAR_EVENTS) return false
    similar.messages.delete(similar.messages.values().next().value!)
    return true
  }

  #hasToken(object: string, nowMs: number): boolean {
    let bucket = this.#buckets.get(object)
    if (!bucket) remember(this.#buckets, object, (bucket = { tokens: BURST_PER_OBJECT, refilledMs: nowMs }))
    bucket.tokens = Math.min(BURST_PER_OBJECT, bucket.tokens + (nowMs - bucket.refilledMs) / REFILL_MS)
    bucket.refilledMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }

  #enqueue(send: () => void): void {
    if (this.#queue.length >= QUEUE_LENGTH) return
    this.#queue.push(send)
    if (!this.#sending) this.#next()
  }

  #next(): void {
    const send = this.#queue.shift()
    this.#sending = send !== undefined
    send?.()
  }

  #send(key: string, about: ObjectReference, type: EventType, reason: string, message: string): void {
    const known = this.#observed.get(key)
    if (known) this.#repeat(key, known, about, type, reason, message)
    else this.#create(key, about, type, reason, message)
  }

  #repeat(
    key: string,
    known: Observed,
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
  ): void {
    const count = known.count + 1
    const body = { count, lastTimestamp: this.#client.simulation.timestamp(), message }
    this.#client.patch(eventKind, known.namespace, known.name, { type: 'strategic', body }, (result) => {
      if (result.ok) this.#observed.set(key, { ...known, count })
      else if (result.code === 404) return this.#create(key, about, type, reason, message, known)
      this.#next()
    })
  }

  #create(
    key: string,
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    known?: Observed,
  ): void {
    const now = this.#client.simulation.timestamp()
    const namespace = about.namespace ?? 'default'
    const name = eventName(this.#client, about)
    const count = (known?.count ?? 0) + 1
    const firstTimestamp = known?.firstTimestamp ?? now
    const host = this.#host
    const event: Event = {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name, namespace },
      involvedObject: about,
      reason,
      message,
      source: { component: this.#component, ...(host && { host }) },
      firstTimestamp,
      lastTimestamp: now,
      count,
      type,
      reportingComponent: this.#component,
      reportingInstance: host ?? '',
    }
    this.#client.create(eventKind, event, (result) => {
      if (result.ok) remember(this.#observed, key, { name, namespace, firstTimestamp, count })
      this.#next()
    })
  }

  /** `record` about an object at hand. */
  about(
    object: KubernetesObject,
    resource: Resource,
    type: EventType,
    reason: string,
    message: string,
  ): void {
    this.record(referenceTo(object, resource), type, reason, message)
  }
}

function remember<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key)
  entries.set(key, value)
  if (entries.size <= REMEMBERED) return
  for (const oldest of entries.keys()) {
    entries.delete(oldest)
    return
  }
}

/** Object name and the time in hexadecimal nanoseconds; the clock's missing digits are drawn. */
export function eventName(client: Client, about: ObjectReference): string {
  const { simulation } = client
  const nanoseconds =
    BigInt(Math.floor(simulation.nowMs)) * 1_000_000n +
    BigInt(simulation.random('event names').integer(1_000_000))
  return `${about.name}.${nanoseconds.toString(16)}`
}
