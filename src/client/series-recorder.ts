import type { Event, ObjectReference } from '../api/generated/types.ts'
import { event as eventKind } from '../api/kinds/event.ts'
import { formatMicroTimestamp } from '../encoding/time.ts'
import type { Client } from './client.ts'
import { eventName, type EventType } from './event-recorder.ts'

/** An event that comes again within this time is counted as a series. */
const SERIES_MS = 360_000

interface Observed {
  readonly name: string
  readonly namespace: string
  count: number
  lastMs: number
}

/**
 * Tells what a component did in the newer form of events.k8s.io, as the scheduler does: with the time to the
 * microsecond, the action that was tried, and repetitions as a series.
 */
export class SeriesRecorder {
  readonly #client: Client
  readonly #component: string
  readonly #instance: string
  readonly #observed = new Map<string, Observed>()

  /** @param instance which of several such components: `default-scheduler-control-plane`. */
  constructor(client: Client, component: string, instance: string) {
    this.#client = client
    this.#component = component
    this.#instance = instance
  }

  record(about: ObjectReference, type: EventType, reason: string, action: string, message: string): void {
    const { nowMs } = this.#client.simulation
    const key = [about.uid, about.resourceVersion, type, reason, action].join('|')
    const known = this.#observed.get(key)
    if (known && nowMs - known.lastMs < SERIES_MS) return this.#repeat(known, nowMs)
    const namespace = about.namespace ?? 'default'
    const event: Event = {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name: eventName(this.#client, about), namespace },
      involvedObject: about,
      reason,
      message,
      type,
      eventTime: formatMicroTimestamp(nowMs),
      action,
      reportingComponent: this.#component,
      reportingInstance: this.#instance,
    }
    this.#forgetOld(nowMs)
    this.#observed.set(key, { name: event.metadata.name!, namespace, count: 1, lastMs: nowMs })
    this.#client.create(eventKind, event)
  }

  #repeat(known: Observed, nowMs: number): void {
    known.count++
    known.lastMs = nowMs
    const body = { series: { count: known.count, lastObservedTime: formatMicroTimestamp(nowMs) } }
    this.#client.patch(eventKind, known.namespace, known.name, { type: 'strategic', body })
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { lastMs }] of this.#observed) {
      if (nowMs - lastMs < SERIES_MS) return
      this.#observed.delete(key)
    }
  }
}
