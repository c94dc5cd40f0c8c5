import type { Pod, Service } from '../../../../api/index.ts'
import { keyOf, nameOf } from '../../../../client/index.ts'

const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

interface Seen {
  service: string
  /** As they were at the last call. */
  last: ReadonlySet<Pod>
  /** When each Pod last became ready or unready. */
  pods: Map<string, string>
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
    const known = this.#seen.get(key)
    const seen = known ?? { service: '', last: new Set<Pod>(), pods: new Map<string, string>() }
    if (!known) this.#seen.set(key, seen)
    let earliest: string | undefined
    for (const pod of pods) {
      if (seen.last.has(pod)) continue
      const time = readyTime(pod)
      if (time === undefined) continue
      const before = seen.pods.get(nameOf(pod))
      if (before === time) continue
      seen.pods.set(nameOf(pod), time)
      const isNew = known !== undefined && time > (before ?? '')
      if (isNew && (earliest === undefined || time < earliest)) earliest = time
    }
    seen.last = new Set(pods)
    if (seen.pods.size > pods.length) forgetOthers(seen, pods)
    const created = service.metadata?.creationTimestamp ?? ''
    const isCreated = created > seen.service
    seen.service = created
    return isCreated && (earliest === undefined || created < earliest) ? created : earliest
  }

  forget(serviceKey: string): void {
    this.#seen.delete(serviceKey)
  }
}

const readyTime = (pod: Pod): string | undefined =>
  pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime

function forgetOthers(seen: Seen, pods: readonly Pod[]): void {
  const present = new Set(pods.map(nameOf))
  for (const name of seen.pods.keys()) if (!present.has(name)) seen.pods.delete(name)
}

/** Annotations with the trigger time set, or without it when there is none. */
export function annotate(
  annotations: Readonly<Record<string, string>> | undefined,
  triggerTime: string | undefined,
): Record<string, string> {
  const { [LAST_CHANGE_TRIGGER_TIME]: _, ...others } = annotations ?? {}
  return triggerTime === undefined ? others : { ...others, [LAST_CHANGE_TRIGGER_TIME]: triggerTime }
}
