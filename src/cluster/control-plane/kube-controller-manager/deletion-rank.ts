import type { Pod } from '../../../api/index.ts'
import { parseTimestamp } from '../../../encoding/time.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * The order in which a ReplicaSet gives up its Pods: those that serve least first.
 * @param onSameNode how many Pods of the same Deployment share a Pod's node.
 */
export function byDeletionRank(pods: readonly Pod[], onSameNode: (pod: Pod) => number, nowMs: number): Pod[] {
  const milliseconds = remembering(parseTimestamp)
  const ranked = pods.map((pod) => ({ pod, uid: pod.metadata?.uid ?? '', rank: rankOf(pod) }))
  ranked.sort((a, b) => {
    for (let index = 0; index < a.rank.length; index++) {
      const difference = a.rank[index]! - b.rank[index]!
      if (difference !== 0) return difference
    }
    return a.uid < b.uid ? -1 : 1
  })
  return ranked.map(({ pod }) => pod)

  function rankOf(pod: Pod): readonly number[] {
    const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')
    const isReady = ready?.status === 'True'
    const readySinceMs = isReady ? milliseconds(ready.lastTransitionTime ?? EPOCH) : undefined
    return [
      pod.spec?.nodeName ? 1 : 0,
      PHASES[pod.status?.phase ?? 'Pending'] ?? 1,
      isReady ? 1 : 0,
      Number(pod.metadata?.annotations?.[DELETION_COST] ?? 0) || 0,
      -onSameNode(pod),
      ageBucket(readySinceMs, nowMs),
      -restarts(pod),
      ageBucket(milliseconds(pod.metadata?.creationTimestamp ?? ''), nowMs),
    ]
  }
}

const EPOCH = '1970-01-01T00:00:00Z'

/** Pods that are made together share their times. */
function remembering(parse: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>()
  return (text) => {
    let value = known.get(text)
    if (value === undefined) known.set(text, (value = parse(text)))
    return value
  }
}

/** Times are compared by the power of two of the age: of two nearly as old, chance (the UID) decides. */
function ageBucket(sinceMs: number | undefined, nowMs: number): number {
  if (sinceMs === undefined) return -1
  const age = nowMs - sinceMs
  return age <= 0 ? 0 : Math.floor(Math.log2(age * 1e6))
}

const restarts = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((most, status) => Math.max(most, status.restartCount), 0)
