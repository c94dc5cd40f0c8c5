import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../../../api/index.ts'
import { nameOf } from '../../../../client/index.ts'
import { parseTimestamp } from '../../../../encoding/time.ts'
import type { Simulation } from '../../../../sim/index.ts'
import { availableSum, specSum, sumOf, type ReplicaSets } from './replica-sets.ts'
import { leewayOf, wanted } from './sizes.ts'

type Conditions = readonly DeploymentCondition[]

const NEW_AVAILABLE = 'NewReplicaSetAvailable'
const TIMED_OUT = 'ProgressDeadlineExceeded'

export const hasDeadline = (deployment: Deployment): boolean =>
  (deployment.spec?.progressDeadlineSeconds ?? 2 ** 31 - 1) !== 2 ** 31 - 1

export const conditionOf = (
  conditions: Conditions | undefined,
  type: string,
): DeploymentCondition | undefined => conditions?.find((condition) => condition.type === type)

/** The counts, and whether enough Pods are available. Says nothing of progress. */
export function countStatus(
  deployment: Deployment,
  sets: ReplicaSets,
  simulation: Simulation,
): DeploymentStatus {
  const available = availableSum(sets.all)
  const unavailable = Math.max(0, specSum(sets.all) - available)
  const replicas = sumOf(sets.all, (set) => set.status?.replicas)
  const ready = sumOf(sets.all, (set) => set.status?.readyReplicas)
  const updated = sets.current?.status?.replicas ?? 0
  const isAvailable = available >= wanted(deployment) - leewayOf(deployment).maxUnavailable
  const collisionCount = deployment.status?.collisionCount
  return {
    observedGeneration: deployment.metadata?.generation ?? 0,
    ...(replicas > 0 && { replicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    ...(unavailable > 0 && { unavailableReplicas: unavailable }),
    terminatingReplicas: sumOf(sets.all, (set) => set.status?.terminatingReplicas),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(
      deployment.status?.conditions ?? [],
      isAvailable
        ? condition(
            'Available',
            'True',
            'MinimumReplicasAvailable',
            'Deployment has minimum availability.',
            simulation,
          )
        : condition(
            'Available',
            'False',
            'MinimumReplicasUnavailable',
            'Deployment does not have minimum availability.',
            simulation,
          ),
    ),
  }
}

/** `countStatus`, and how the rollout comes along: done, moving, or stuck past its deadline. */
export function rolloutStatus(
  deployment: Deployment,
  sets: ReplicaSets,
  simulation: Simulation,
): DeploymentStatus {
  const status = countStatus(deployment, sets, simulation)
  let conditions: Conditions = status.conditions ?? []
  if (!hasDeadline(deployment)) conditions = without(conditions, 'Progressing')
  const known = conditionOf(deployment.status?.conditions, 'Progressing')
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && known?.reason === NEW_AVAILABLE
  if (hasDeadline(deployment) && !wasComplete) {
    conditions = withProgress(deployment, status, conditions, sets, simulation)
  }
  const failed = [...(sets.current ? [sets.current] : []), ...sets.old]
    .flatMap((set) => set.status?.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure')
  conditions = failed
    ? withCondition(
        conditions,
        condition('ReplicaFailure', failed.status, failed.reason ?? '', failed.message ?? '', simulation),
      )
    : without(conditions, 'ReplicaFailure')
  return { ...status, conditions }
}

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  conditions: Conditions,
  sets: ReplicaSets,
  simulation: Simulation,
): Conditions {
  const subject = sets.current ? `ReplicaSet "${nameOf(sets.current)}"` : `Deployment "${nameOf(deployment)}"`
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`
    return withCondition(conditions, condition('Progressing', 'True', NEW_AVAILABLE, message, simulation))
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const message = `${subject} is progressing.`
    const next = condition('Progressing', 'True', 'ReplicaSetUpdated', message, simulation)
    const known = conditionOf(conditions, 'Progressing')
    const since = known?.status === 'True' ? known.lastTransitionTime : next.lastTransitionTime
    return [...without(conditions, 'Progressing'), { ...next, lastTransitionTime: since! }]
  }
  if (deadlineLeftMs(deployment, simulation.nowMs) <= 0) {
    const message = `${subject} has timed out progressing.`
    return withCondition(conditions, condition('Progressing', 'False', TIMED_OUT, message, simulation))
  }
  return conditions
}

/** Everything updated, running and available, nothing old left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = wanted(deployment)
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0)
  )
}

function hasProgressed(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

/** Time left until the rollout counts as stuck; endless when it cannot. */
export function deadlineLeftMs(deployment: Deployment, nowMs: number): number {
  const progressing = conditionOf(deployment.status?.conditions, 'Progressing')
  if (!hasDeadline(deployment) || !progressing || progressing.reason === NEW_AVAILABLE) return Infinity
  if (progressing.reason === TIMED_OUT) return 0
  const since = parseTimestamp(progressing.lastUpdateTime ?? progressing.lastTransitionTime ?? '')
  return since + deployment.spec!.progressDeadlineSeconds! * 1000 - nowMs
}

/** The condition that tells of a pause, or of its end; undefined when the known one says so already. */
export function pauseCondition(
  deployment: Deployment,
  simulation: Simulation,
): DeploymentCondition | undefined {
  const reason = conditionOf(deployment.status?.conditions, 'Progressing')?.reason
  if (!hasDeadline(deployment) || reason === TIMED_OUT) return undefined
  const isPaused = deployment.spec?.paused === true
  if (isPaused === (reason === 'DeploymentPaused')) return undefined
  return isPaused
    ? condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', simulation)
    : condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', simulation)
}

export function condition(
  type: string,
  status: string,
  reason: string,
  message: string,
  simulation: Simulation,
): DeploymentCondition {
  const now = simulation.timestamp()
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message }
}

/** Puts a condition last in place of the one of its type, unless status and reason stay: then nothing changes. */
export function withCondition(conditions: Conditions, next: DeploymentCondition): Conditions {
  const known = conditionOf(conditions, next.type)
  if (known?.status === next.status && known.reason === next.reason) return conditions
  const since = known?.status === next.status ? known.lastTransitionTime : next.lastTransitionTime
  return [
    ...without(conditions, next.type),
    { ...next, ...(since !== undefined && { lastTransitionTime: since }) },
  ]
}

const without = (conditions: Conditions, type: string): Conditions =>
  conditions.filter((condition) => condition.type !== type)
