import * as api from '../../../api/index.ts'
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../../api/index.ts'
import { matches, matchesObject, selectorFromObject, type Labels } from '../../../api/selectors.ts'
import {
  controller,
  controllerOf,
  create,
  equal,
  event,
  isDeleting,
  nameOf,
  namespaceOf,
  parallel,
  remove,
  requeueAfter,
  updateStatus,
  watch,
  type ReconcileContext,
  type Write,
} from '../../../client/index.ts'
import { adopt, release } from './adoption.ts'
import { byDeletionRank } from './deletion-rank.ts'
import { isActive, isAvailable, isReady, isTerminating, podFromTemplate, readySinceMs } from './pods.ts'

/** At most so many creations or deletions in one reconciliation. */
const BURST_REPLICAS = 500

/** Keeps as many Pods of its template as `spec.replicas` says. */
export const replicaSet = controller<ReplicaSet>({
  name: 'replicaset-controller',
  for: api.replicaSet,
  owns: [api.pod],
  watches: [
    // An orphan that a ReplicaSet selects is adopted.
    watch(
      api.pod,
      (pod, context) => (controllerOf(pod) ? [] : replicaSetsSelecting(pod, context)),
      (next) => next !== undefined && !isDeleting(next),
    ),
  ],
  reconcile(replicaSet, context) {
    const { mine, orphans, strangers } = claim(replicaSet, context)
    const claims = [
      ...orphans.map((pod) => adopt(api.pod, pod, replicaSet, api.replicaSet)),
      ...strangers.map((pod) => release(api.pod, pod, replicaSet)),
    ]
    if (claims.length > 0) return claims
    const active = mine.filter(isActive)
    const status = statusOf(replicaSet, mine, context.nowMs)
    const writes = isDeleting(replicaSet) ? [] : replicate(replicaSet, active, status, context)
    return [
      ...writes,
      ...writeStatus(replicaSet, status),
      ...wakeForAvailability(replicaSet, active, status, context),
    ]
  },
})

function claim(replicaSet: ReplicaSet, context: ReconcileContext) {
  const selector = selectorFromObject(replicaSet.spec?.selector) ?? []
  const isSelected = rememberingLabels((labels) => matches(selector, labels))
  const owned = context.ownedBy(api.pod, replicaSet)
  const isAlive = !isDeleting(replicaSet)
  return {
    mine: owned.filter(isSelected),
    strangers: isAlive ? owned.filter((pod) => !isSelected(pod) && !isDeleting(pod)) : [],
    orphans: isAlive
      ? context.orphans(api.pod, namespaceOf(replicaSet)).filter((pod) => isActive(pod) && isSelected(pod))
      : [],
  }
}

/** Pods of one template share their labels: asked of the same ones in a row, the answer is the same. */
function rememberingLabels(test: (labels: Labels | undefined) => boolean): (pod: Pod) => boolean {
  let last: { readonly labels: Labels | undefined; readonly answer: boolean } | undefined
  return ({ metadata }) => {
    const labels = metadata?.labels
    if (last?.labels !== labels || !last) last = { labels, answer: test(labels) }
    return last.answer
  }
}

function replicaSetsSelecting(pod: Pod, context: ReconcileContext): string[] {
  return context
    .list(api.replicaSet, namespaceOf(pod))
    .filter((candidate) => matchesObject(candidate.spec?.selector, pod.metadata?.labels))
    .map((candidate) => `${namespaceOf(candidate)}/${nameOf(candidate)}`)
}

function replicate(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  status: ReplicaSetStatus,
  context: ReconcileContext,
): Write[] {
  const missing = (replicaSet.spec?.replicas ?? 1) - active.length
  if (missing > 0) return [createPods(replicaSet, Math.min(missing, BURST_REPLICAS), status, context)]
  if (missing < 0) return [deletePods(replicaSet, active, Math.min(-missing, BURST_REPLICAS), context)]
  return []
}

function createPods(
  replicaSet: ReplicaSet,
  count: number,
  status: ReplicaSetStatus,
  context: ReconcileContext,
): Write {
  const template = replicaSet.spec?.template ?? {}
  const one = create(api.pod, podFromTemplate(template, replicaSet, api.replicaSet), {
    after: (result) => {
      if (result.ok) {
        return [
          event(
            api.replicaSet,
            replicaSet,
            'Normal',
            'SuccessfulCreate',
            `Created pod: ${nameOf(result.object)}`,
          ),
        ]
      }
      if (isNamespaceGoing(result.status)) return []
      return [
        event(
          api.replicaSet,
          replicaSet,
          'Warning',
          'FailedCreate',
          `Error creating: ${result.status.message}`,
        ),
      ]
    },
  })
  const otherwise = (failure: string) =>
    writeStatus(replicaSet, withFailure(replicaSet, status, failure, context.simulation.timestamp()))
  return parallel(Array<typeof one>(count).fill(one), { slowStart: true, otherwise })
}

const isNamespaceGoing = (status: api.Status): boolean =>
  status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false

function deletePods(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  count: number,
  context: ReconcileContext,
): Write {
  const neighbours = podsPerNode(replicaSet, context)
  const ranked = byDeletionRank(active, (pod) => neighbours.get(pod.spec?.nodeName ?? '') ?? 0, context.nowMs)
  return parallel(
    ranked.slice(0, count).map((pod) =>
      remove(api.pod, pod, {
        after: (result) =>
          result.ok
            ? [event(api.replicaSet, replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`)]
            : [
                event(
                  api.replicaSet,
                  replicaSet,
                  'Warning',
                  'FailedDelete',
                  `Error deleting: ${result.status.message}`,
                ),
              ],
      }),
    ),
  )
}

/** Active Pods by node, of all ReplicaSets with the same owner. */
function podsPerNode(replicaSet: ReplicaSet, context: ReconcileContext): Map<string, number> {
  const owner = controllerOf(replicaSet)
  const siblings = owner
    ? context
        .list(api.replicaSet, namespaceOf(replicaSet))
        .filter((candidate) => controllerOf(candidate)?.uid === owner.uid)
    : [replicaSet]
  const counts = new Map<string, number>()
  for (const sibling of siblings) {
    for (const pod of context.ownedBy(api.pod, sibling)) {
      const node = pod.spec?.nodeName
      if (node && isActive(pod)) counts.set(node, (counts.get(node) ?? 0) + 1)
    }
  }
  return counts
}

function statusOf(replicaSet: ReplicaSet, pods: readonly Pod[], nowMs: number): ReplicaSetStatus {
  const minReadySeconds = replicaSet.spec?.minReadySeconds ?? 0
  const templateLabels = replicaSet.spec?.template?.metadata?.labels ?? {}
  let replicas = 0
  let fullyLabeledReplicas = 0
  let readyReplicas = 0
  let availableReplicas = 0
  let terminatingReplicas = 0
  for (const pod of pods) {
    if (isTerminating(pod)) terminatingReplicas++
    if (!isActive(pod)) continue
    replicas++
    if (hasLabels(pod, templateLabels)) fullyLabeledReplicas++
    if (!isReady(pod)) continue
    readyReplicas++
    if (minReadySeconds === 0 || isAvailable(pod, minReadySeconds, nowMs)) availableReplicas++
  }
  const conditions = replicaSet.status?.conditions?.filter(({ type }) => type !== 'ReplicaFailure')
  return {
    replicas,
    ...(fullyLabeledReplicas > 0 && { fullyLabeledReplicas }),
    ...(readyReplicas > 0 && { readyReplicas }),
    ...(availableReplicas > 0 && { availableReplicas }),
    terminatingReplicas,
    observedGeneration: replicaSet.metadata?.generation ?? 0,
    ...(conditions && conditions.length > 0 && { conditions }),
  }
}

function hasLabels({ metadata }: Pod, labels: Readonly<Record<string, string>>): boolean {
  // Most Pods share the very labels of their template.
  if (metadata?.labels === labels) return true
  for (const key in labels) if (metadata?.labels?.[key] !== labels[key]) return false
  return true
}

function withFailure(
  replicaSet: ReplicaSet,
  status: ReplicaSetStatus,
  message: string,
  now: string,
): ReplicaSetStatus {
  const known = replicaSet.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
  const failure: ReplicaSetCondition = known ?? {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: now,
    reason: 'FailedCreate',
    message,
  }
  return { ...status, conditions: [...(status.conditions ?? []), failure] }
}

function writeStatus(replicaSet: ReplicaSet, status: ReplicaSetStatus): Write[] {
  return equal(status, replicaSet.status) ? [] : [updateStatus(api.replicaSet, { ...replicaSet, status })]
}

/** With `minReadySeconds` a Pod becomes available by time alone: nothing else would wake us. */
function wakeForAvailability(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  status: ReplicaSetStatus,
  context: ReconcileContext,
): Write[] {
  const minReadyMs = (replicaSet.spec?.minReadySeconds ?? 0) * 1000
  if (minReadyMs === 0 || status.readyReplicas === status.availableReplicas) return []
  const waits = active
    .map((pod) => readySinceMs(pod))
    .filter((since) => since !== undefined)
    .map((since) => since + minReadyMs - context.nowMs)
    .filter((wait) => wait > 0)
  return waits.length > 0 ? [requeueAfter(Math.min(...waits))] : []
}
