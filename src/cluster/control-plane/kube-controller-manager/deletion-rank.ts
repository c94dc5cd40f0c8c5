import type { Pod } from '../../../api/index.ts'
import { parseTimestamp } from '../../../encoding/time.ts'
import { isReady, readySinceMs } from './pods.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * The order in which a ReplicaSet gives up its Pods: those that serve least first.
 * @param onSameNode how many Pods of the same Deployment share a Pod's node.
 */
export function byDeletionRank(pods: readonly Pod[], onSameNode: (pod: Pod) => number, nowMs: number): Pod[] {
  const criteria: readonly ((pod: Pod) => number)[] = [
    (pod) => (pod.spec?.nodeName ? 1 : 0),
    (pod) => PHASES[pod.status?.phase ?? 'Pending'] ?? 1,
    (pod) => (isReady(pod) ? 1 : 0),
    (pod) => Number(pod.metadata?.annotations?.[DELETION_COST] ?? 0) || 0,
    (pod) => -onSameNode(pod),
    (pod) => ageBucket(readySinceMs(pod), nowMs),
    (pod) => -restarts(pod),
    (pod) => ageBucket(createdMs(pod), nowMs),
  ]
  const ranked = pods.map((pod) => ({ pod, rank: criteria.map((criterion) => criterion(pod)) }))
  ranked.sort((a, b) => {
    const first = a.rank.findIndex((value, index) => value !== b.rank[index])
    if (first >= 0) return a.rank[first]! - b.rank[first]!
    return (a.pod.metadata?.uid ?? '') < (b.pod.metadata?.uid ?? '') ? -1 : 1
  })
  return ranked.map(({ pod }) => pod)
}

/** Times are compared by the power of two of the age: of two nearly as old, chance (the UID) decides. */
function ageBucket(sinceMs: number | undefined, nowMs: number): number {
  if (sinceMs === undefined) return -1
  const age = nowMs - sinceMs
  return age <= 0 ? 0 : Math.floor(Math.log2(age * 1e6))
}

const restarts = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((most, status) => Math.max(most, status.restartCount), 0)

const createdMs = (pod: Pod): number => parseTimestamp(pod.metadata?.creationTimestamp ?? '')
