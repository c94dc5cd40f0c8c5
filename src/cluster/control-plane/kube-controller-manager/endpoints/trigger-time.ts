import type { Pod, Service } from '../../../../api/index.ts'
import { keyOf, nameOf } from '../../../../client/index.ts'

export const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

interface Seen {
  readonly service: string
  readonly pods: ReadonlyMap<string, string>
}

/**
 * Finds the moment of the change that a new version of the endpoints answers to, so that one can measure how long
 * programming the network took: the earliest new readiness of a Pod, or the Service's creation.
 */
export class TriggerTimes {
  readonly #seen = new Map<string, Seen>()

  /** @returns RFC 3339, undefined when nothing that is dated has changed since the last call. */
  next(service: Service, pods: readonly Pod[]): string | undefined {
    const key = keyOf(service)
    const before = this.#seen.get(key)
    const created = service.metadata?.creationTimestamp ?? ''
    const times = new Map<string, string>()
    let earliest: string | undefined
    for (const pod of pods) {
      const time = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime
      if (!time) continue
      times.set(nameOf(pod), time)
      const isNew = before !== undefined && time > (before.pods.get(nameOf(pod)) ?? '')
      if (isNew && (earliest === undefined || time < earliest)) earliest = time
    }
    this.#seen.set(key, { service: created, pods: times })
    if (created > (before?.service ?? '') && (earliest === undefined || created < earliest)) return created
    return earliest
  }

  forget(serviceKey: string): void {
    this.#seen.delete(serviceKey)
  }
}

/** Annotations with the trigger time set, or without it when there is none. */
export function annotate(
  annotations: Readonly<Record<string, string>> | undefined,
  triggerTime: string | undefined,
): Record<string, string> {
  const { [LAST_CHANGE_TRIGGER_TIME]: _, ...others } = annotations ?? {}
  return triggerTime === undefined ? others : { ...others, [LAST_CHANGE_TRIGGER_TIME]: triggerTime }
}
