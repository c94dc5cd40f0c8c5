import * as api from '../../../api/index.ts'
import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/index.ts'
import { matchesObject } from '../../../api/selectors.ts'
import {
  controller,
  controllerOf,
  equal,
  event,
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  requeueAfter,
  updateStatus,
  watch,
  type ReconcileContext,
  type Write,
} from '../../../client/index.ts'
import { parseTimestamp } from '../../../encoding/time.ts'
import { isReady, isTerminal } from './pods.ts'

/** An eviction that was granted and whose Pod is still there is forgotten after this time. */
const EVICTION_TIMEOUT_MS = 120_000

/** Works out how many Pods may be evicted at the moment. The API server holds evictions to it. */
export const disruption = controller<PodDisruptionBudget>({
  name: 'controllermanager',
  for: api.podDisruptionBudget,
  workers: 1,
  watches: [watch(api.pod, budgetsSelecting, changesHealth)],
  reconcile(budget, context) {
    if (isDeleting(budget)) return []
    const pods = context
      .list(api.pod, namespaceOf(budget))
      .filter((pod) => !isTerminal(pod) && matchesObject(budget.spec?.selector, pod.metadata?.labels))
    const { disruptedPods, wakeMs } = stillEvicting(budget, pods, context.nowMs)
    const status = statusOf(budget, pods, disruptedPods, context)
    return [
      ...(pods.length === 0 && budget.status?.observedGeneration !== budget.metadata?.generation
        ? [event(api.podDisruptionBudget, budget, 'Normal', 'NoPods', 'No matching pods found')]
        : []),
      ...(equal(status, budget.status) ? [] : [updateStatus(api.podDisruptionBudget, { ...budget, status })]),
      ...(wakeMs === undefined ? [] : [requeueAfter(wakeMs)]),
    ] satisfies Write[]
  },
})

function budgetsSelecting(pod: Pod, context: ReconcileContext): string[] {
  return context
    .list(api.podDisruptionBudget, namespaceOf(pod))
    .filter((budget) => matchesObject(budget.spec?.selector, pod.metadata?.labels))
    .map(keyOf)
}

function changesHealth(next: Pod | undefined, previous: Pod | undefined): boolean {
  if (!next || !previous) return true
  return (
    isReady(next) !== isReady(previous) ||
    isDeleting(next) !== isDeleting(previous) ||
    isTerminal(next) !== isTerminal(previous) ||
    !equal(next.metadata?.labels, previous.metadata?.labels)
  )
}

function stillEvicting(budget: PodDisruptionBudget, pods: readonly Pod[], nowMs: number) {
  const disruptedPods: Record<string, string> = {}
  let wakeMs: number | undefined
  for (const [name, since] of Object.entries(budget.status?.disruptedPods ?? {})) {
    const pod = pods.find((candidate) => nameOf(candidate) === name)
    const left = parseTimestamp(since) + EVICTION_TIMEOUT_MS - nowMs
    if (!pod || isDeleting(pod) || left <= 0) continue
    disruptedPods[name] = since
    wakeMs = Math.min(left, wakeMs ?? Infinity)
  }
  return { disruptedPods, wakeMs }
}

function statusOf(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  disruptedPods: Readonly<Record<string, string>>,
  context: ReconcileContext,
): PodDisruptionBudgetStatus {
  const { expectedPods, desiredHealthy } = expectations(budget, pods, context)
  const currentHealthy = pods.filter(
    (pod) => isReady(pod) && !isDeleting(pod) && !(nameOf(pod) in disruptedPods),
  ).length
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  const known = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed')
  const status = disruptionsAllowed > 0 ? 'True' : 'False'
  const allowed: Condition = {
    type: 'DisruptionAllowed',
    status,
    observedGeneration: budget.metadata?.generation ?? 0,
    lastTransitionTime: known?.status === status ? known.lastTransitionTime : context.simulation.timestamp(),
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  }
  return {
    observedGeneration: budget.metadata?.generation ?? 0,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: [allowed],
  }
}

/** A plain `minAvailable` counts the Pods there are; shares and `maxUnavailable` count those that their owners want. */
function expectations(budget: PodDisruptionBudget, pods: readonly Pod[], context: ReconcileContext) {
  const { minAvailable, maxUnavailable } = budget.spec ?? {}
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable }
  const expectedPods = wantedByOwners(pods, context)
  const share = (value: number | string): number =>
    typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * expectedPods) / 100)
  if (minAvailable !== undefined) return { expectedPods, desiredHealthy: share(minAvailable) }
  return { expectedPods, desiredHealthy: Math.max(0, expectedPods - share(maxUnavailable ?? 0)) }
}

function wantedByOwners(pods: readonly Pod[], context: ReconcileContext): number {
  const wanted = new Map<string, number>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner || wanted.has(owner.uid)) continue
    const resource =
      owner.kind === 'ReplicaSet'
        ? api.replicaSet
        : owner.kind === 'StatefulSet'
          ? api.statefulSet
          : undefined
    const object: api.ReplicaSet | api.StatefulSet | undefined =
      resource && context.get<api.ReplicaSet | api.StatefulSet>(resource, namespaceOf(pod), owner.name)
    wanted.set(owner.uid, object?.spec?.replicas ?? 0)
  }
  return [...wanted.values()].reduce((sum, replicas) => sum + replicas, 0)
}
