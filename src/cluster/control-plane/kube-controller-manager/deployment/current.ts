import * as api from '../../../../api/index.ts'
import type { Deployment, ReplicaSet } from '../../../../api/index.ts'
import {
  create,
  equal,
  event,
  nameOf,
  namespaceOf,
  update,
  updateStatus,
  type ReconcileContext,
  type Write,
} from '../../../../client/index.ts'
import {
  currentAnnotations,
  hasTemplate,
  makeReplicaSet,
  nextRevision,
  replicasOf,
  REVISION,
  revisionOf,
  sizeAnnotations,
  type ReplicaSets,
} from './replica-sets.ts'
import { leewayOf, sizeOfCurrent, type Sizes } from './sizes.ts'
import { condition, conditionOf, hasDeadline, withCondition } from './status.ts'

/** Makes sure that the ReplicaSet of the current template exists and that it and the Deployment know its revision. */
export function prepareCurrent(
  deployment: Deployment,
  sets: ReplicaSets,
  context: ReconcileContext,
): Write[] {
  const revision = nextRevision(sets)
  if (!sets.current) return createCurrent(deployment, sets, revision, context)
  const annotations = currentAnnotations(deployment, sets.current, revision)
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0
  const { metadata, spec } = sets.current
  if (!equal(annotations, metadata?.annotations) || (spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    return [
      update(api.replicaSet, {
        ...sets.current,
        metadata: { ...metadata, annotations },
        spec: { ...spec!, minReadySeconds },
      }),
    ]
  }
  const known = conditionOf(deployment.status?.conditions, 'Progressing')
  const isRevisionKnown = revisionOf(deployment) === revisionOf(sets.current)
  if (isRevisionKnown && (known || !hasDeadline(deployment))) return []
  const message = `Found new replica set "${nameOf(sets.current)}"`
  const found = condition('Progressing', 'True', 'FoundNewReplicaSet', message, context.simulation)
  return [
    writeRevision(
      deployment,
      revisionOf(sets.current),
      known || !hasDeadline(deployment) ? undefined : found,
    ),
  ]
}

function createCurrent(
  deployment: Deployment,
  sets: ReplicaSets,
  revision: number,
  context: ReconcileContext,
): Write[] {
  const leeway = leewayOf(deployment)
  const replicas = sizeOfCurrent(deployment, sets, leeway)
  const made = makeReplicaSet(deployment, revision, replicas, leeway.maxSurge)
  const message = `Created new replica set "${nameOf(made)}"`
  const created = condition('Progressing', 'True', 'NewReplicaSetCreated', message, context.simulation)
  return [
    create(api.replicaSet, made, {
      after: (result) => {
        if (result.ok) {
          const told = replicas > 0 ? [scalingEvent(deployment, made, 0, replicas)] : []
          return [writeRevision(deployment, revision, hasDeadline(deployment) ? created : undefined), ...told]
        }
        return result.status.reason === 'AlreadyExists' ? avoidCollision(deployment, made, context) : []
      },
      tolerate: ['AlreadyExists'],
    }),
  ]
}

/** The name is taken by a ReplicaSet of another template: count up, which changes the hash. */
function avoidCollision(deployment: Deployment, made: ReplicaSet, context: ReconcileContext): Write[] {
  const existing = context.get(api.replicaSet, namespaceOf(made), nameOf(made))
  if (!existing || hasTemplate(existing, deployment.spec?.template)) return []
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
  return [updateStatus(api.deployment, { ...deployment, status: { ...deployment.status, collisionCount } })]
}

function writeRevision(
  deployment: Deployment,
  revision: number,
  progress: api.DeploymentCondition | undefined,
): Write {
  const annotations = { ...deployment.metadata?.annotations, [REVISION]: String(revision) }
  const conditions = deployment.status?.conditions ?? []
  return updateStatus(api.deployment, {
    ...deployment,
    metadata: { ...deployment.metadata, annotations },
    status: { ...deployment.status, conditions: progress ? withCondition(conditions, progress) : conditions },
  })
}

/** Gives ReplicaSets their new sizes, and tells so. */
export function resize(deployment: Deployment, sizes: Sizes): Write[] {
  const annotations = sizeAnnotations(deployment, leewayOf(deployment).maxSurge)
  return [...sizes].flatMap(([set, replicas]) => {
    const all = { ...set.metadata?.annotations, ...annotations }
    const before = replicasOf(set)
    if (before === replicas && equal(all, set.metadata?.annotations)) return []
    const sized = {
      ...set,
      metadata: { ...set.metadata, annotations: all },
      spec: { ...set.spec!, replicas },
    }
    return [
      update(api.replicaSet, sized),
      ...(before === replicas ? [] : [scalingEvent(deployment, set, before, replicas)]),
    ]
  })
}

function scalingEvent(deployment: Deployment, set: ReplicaSet, from: number, to: number): Write {
  const direction = to > from ? 'up' : 'down'
  const message = `Scaled ${direction} replica set ${nameOf(set)} from ${from} to ${to}`
  return event(api.deployment, deployment, 'Normal', 'ScalingReplicaSet', message)
}
