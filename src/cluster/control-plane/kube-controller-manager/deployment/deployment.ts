import * as api from '../../../../api/index.ts'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../../../api/index.ts'
import { matchesObject } from '../../../../api/selectors.ts'
import {
  controller,
  controllerOf,
  equal,
  isDeleting,
  namespaceOf,
  remove,
  requeueAfter,
  updateStatus,
  watch,
  type ReconcileContext,
  type Write,
} from '../../../../client/index.ts'
import { adopt, release } from '../adoption.ts'
import { isTerminal } from '../pods.ts'
import { prepareCurrent, resize } from './current.ts'
import {
  DESIRED_REPLICAS,
  replicasOf,
  revisionOf,
  specSum,
  tellApart,
  type ReplicaSets,
} from './replica-sets.ts'
import {
  leewayOf,
  rescale,
  shrinkHealthy,
  shrinkUnhealthy,
  sizeOfCurrent,
  wanted,
  type Sizes,
} from './sizes.ts'
import {
  countStatus,
  deadlineLeftMs,
  isComplete,
  pauseCondition,
  rolloutStatus,
  withCondition,
} from './status.ts'

/** Rolls a Deployment out: one ReplicaSet a template, Pods moved from the old ones to the new one step by step. */
export const deployment = controller<Deployment>({
  name: 'deployment-controller',
  for: api.deployment,
  owns: [api.replicaSet],
  watches: [
    // Recreate starts the new Pods when the last old one is gone.
    watch(
      api.pod,
      (pod, context) => recreatedBy(pod, context),
      (next) => next === undefined || isTerminal(next),
    ),
  ],
  reconcile(deployment, context) {
    const claims = claim(deployment, context)
    if (claims.length > 0) return claims
    const sets = tellApart(deployment, context.ownedBy(api.replicaSet, deployment))
    if (isDeleting(deployment))
      return writeStatus(deployment, countStatus(deployment, sets, context.simulation))
    const paused = pauseCondition(deployment, context.simulation)
    if (paused) return [setCondition(deployment, paused)]
    if (deployment.spec?.paused || isRescaled(deployment, sets)) return scale(deployment, sets, context)
    return deployment.spec?.strategy?.type === 'Recreate'
      ? recreate(deployment, sets, context)
      : roll(deployment, sets, context)
  },
})

function claim(deployment: Deployment, context: ReconcileContext): Write[] {
  if (isDeleting(deployment)) return []
  const isSelected = (set: ReplicaSet) => matchesObject(deployment.spec?.selector, set.metadata?.labels)
  const orphans = context
    .orphans(api.replicaSet, namespaceOf(deployment))
    .filter((set) => isSelected(set) && !isDeleting(set))
  const strangers = context
    .ownedBy(api.replicaSet, deployment)
    .filter((set) => !isSelected(set) && !isDeleting(set))
  return [
    ...orphans.map((set) => adopt(api.replicaSet, set, deployment, api.deployment)),
    ...strangers.map((set) => release(api.replicaSet, set, deployment)),
  ]
}

function recreatedBy(pod: api.Pod, context: ReconcileContext): readonly string[] {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return []
  const set = context.get(api.replicaSet, namespaceOf(pod), owner.name)
  const name = set && controllerOf(set)?.name
  const found = name && context.get(api.deployment, namespaceOf(pod), name)
  return found && found.spec?.strategy?.type === 'Recreate' ? [`${namespaceOf(pod)}/${name}`] : []
}

/** Whether `spec.replicas` changed since the ReplicaSets were last given a size. */
function isRescaled(deployment: Deployment, { all }: ReplicaSets): boolean {
  return all.some((set) => {
    const desired = set.metadata?.annotations?.[DESIRED_REPLICAS]
    return replicasOf(set) > 0 && desired !== undefined && Number(desired) !== wanted(deployment)
  })
}

function scale(deployment: Deployment, sets: ReplicaSets, context: ReconcileContext): Write[] {
  const sizes = rescale(deployment, sets, leewayOf(deployment))
  const touched = new Map(sizes)
  // Those that keep their size still learn the new wish, or this would go on for ever.
  for (const set of sets.all) if (replicasOf(set) > 0 && !touched.has(set)) touched.set(set, replicasOf(set))
  return [
    ...resize(deployment, touched),
    ...writeStatus(deployment, countStatus(deployment, sets, context.simulation)),
  ]
}

function roll(deployment: Deployment, sets: ReplicaSets, context: ReconcileContext): Write[] {
  const preparation = prepareCurrent(deployment, sets, context)
  if (preparation.length > 0) return preparation
  const leeway = leewayOf(deployment)
  const size = sizeOfCurrent(deployment, sets, leeway)
  if (size !== replicasOf(sets.current!)) {
    return [...resize(deployment, new Map([[sets.current!, size]])), ...finish(deployment, sets, context)]
  }
  const cleaned = shrinkUnhealthy(deployment, sets, leeway)
  const sizes = shrinkHealthy(deployment, sets, leeway, cleaned)
  // Pods that never served are no longer counted as missing once they are given up.
  return [...resize(deployment, sizes), ...finish(deployment, withSizes(sets, cleaned), context)]
}

function withSizes(sets: ReplicaSets, sizes: Sizes): ReplicaSets {
  if (sizes.size === 0) return sets
  const sized = (set: ReplicaSet): ReplicaSet => {
    const replicas = sizes.get(set)
    return replicas === undefined ? set : { ...set, spec: { ...set.spec!, replicas } }
  }
  return { all: sets.all.map(sized), current: sets.current, old: sets.old.map(sized) }
}

function recreate(deployment: Deployment, sets: ReplicaSets, context: ReconcileContext): Write[] {
  const running = sets.old.filter((set) => replicasOf(set) > 0)
  if (running.length > 0) {
    return [
      ...resize(deployment, new Map(running.map((set) => [set, 0]))),
      ...finish(deployment, sets, context),
    ]
  }
  const hasOldPods = sets.old.some((set) =>
    context.byIndex(api.pod, 'controller', set.metadata?.uid ?? '').some((pod) => !isTerminal(pod)),
  )
  if (hasOldPods) return finish(deployment, sets, context)
  const preparation = prepareCurrent(deployment, sets, context)
  if (preparation.length > 0) return preparation
  const size = wanted(deployment)
  const sizes: Sizes = size === replicasOf(sets.current!) ? new Map() : new Map([[sets.current!, size]])
  return [...resize(deployment, sizes), ...finish(deployment, sets, context)]
}

function setCondition(deployment: Deployment, next: api.DeploymentCondition): Write {
  const conditions = withCondition(deployment.status?.conditions ?? [], next)
  return updateStatus(api.deployment, { ...deployment, status: { ...deployment.status, conditions } })
}

/** After each step: the status, and once all is done, old ReplicaSets beyond the history limit go. */
function finish(deployment: Deployment, sets: ReplicaSets, context: ReconcileContext): Write[] {
  const status = rolloutStatus(deployment, sets, context.simulation)
  const left = deadlineLeftMs(deployment, context.nowMs)
  return [
    ...(isComplete(deployment, deployment.status ?? {}) ? forgetOldest(deployment, sets) : []),
    ...writeStatus(deployment, status),
    ...(left > 0 && left < Infinity && !isComplete(deployment, status) ? [requeueAfter(left + 1000)] : []),
  ]
}

function forgetOldest(deployment: Deployment, { old }: ReplicaSets): Write[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10
  const kept = old.filter((set) => !isDeleting(set))
  const excess = kept.length - limit
  if (excess <= 0) return []
  return [...kept]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, excess)
    .filter((set) => specSum([set]) === 0 && (set.status?.replicas ?? 0) === 0)
    .map((set) => remove(api.replicaSet, set))
}

function writeStatus(deployment: Deployment, status: DeploymentStatus): Write[] {
  return equal(status, deployment.status) ? [] : [updateStatus(api.deployment, { ...deployment, status })]
}
