import * as api from '../../../api/index.ts'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from '../../../api/index.ts'
import {
  controller,
  equal,
  event,
  isDeleting,
  namespaceOf,
  requeueAfter,
  updateStatus,
  type ReconcileContext,
  type Write,
} from '../../../client/index.ts'
import { parseTimestamp } from '../../../encoding/time.ts'

/** `--horizontal-pod-autoscaler-sync-period`. */
const PERIOD_MS = 15_000

/**
 * Scales by metrics. A cluster without a metrics server has none: so it says what is missing, every 15 seconds, and
 * leaves the number of replicas alone.
 */
export const horizontalPodAutoscaler = controller<HorizontalPodAutoscaler>({
  name: 'horizontal-pod-autoscaler',
  for: api.horizontalPodAutoscaler,
  wakesFor: (next, previous) => next !== undefined && previous === undefined,
  reconcile(autoscaler, context) {
    if (isDeleting(autoscaler)) return []
    const untilFirst =
      parseTimestamp(autoscaler.metadata?.creationTimestamp ?? '') + PERIOD_MS - context.nowMs
    if (untilFirst > 0) return [requeueAfter(untilFirst)]
    const replicas = replicasOfTarget(autoscaler, context)
    const conditions = replicas === undefined ? withoutTarget(autoscaler) : withoutMetrics(autoscaler)
    const status = statusOf(autoscaler, replicas, conditions, context)
    const isSame = equal(status, autoscaler.status)
    return [
      ...eventsFor(autoscaler, conditions),
      ...(isSame ? [] : [updateStatus(api.horizontalPodAutoscaler, { ...autoscaler, status })]),
      requeueAfter(PERIOD_MS),
    ]
  },
})

type Said = Omit<HorizontalPodAutoscalerCondition, 'lastTransitionTime'> & {
  readonly message: string
  readonly reason: string
}

const TARGETS: readonly api.Resource<api.Deployment | api.ReplicaSet | api.StatefulSet>[] = [
  api.deployment,
  api.replicaSet,
  api.statefulSet,
]

/** Undefined when the target does not exist or cannot be scaled. */
function replicasOfTarget(
  autoscaler: HorizontalPodAutoscaler,
  context: ReconcileContext,
): number | undefined {
  const { kind, name } = autoscaler.spec!.scaleTargetRef
  const resource = TARGETS.find((candidate) => candidate.kind === kind)
  const target = resource && context.get(resource, namespaceOf(autoscaler), name)
  return target && (target.spec?.replicas ?? 1)
}

function withoutTarget(autoscaler: HorizontalPodAutoscaler): Said[] {
  const { kind, name, apiVersion = '' } = autoscaler.spec!.scaleTargetRef
  const resource = api.kinds.find((candidate) => candidate.kind === kind)
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  const missing = `${resource?.plural ?? kind.toLowerCase()}${group} "${name}" not found`
  const message = `the HPA controller was unable to get the target's current scale: ${missing}`
  return [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }]
}

function withoutMetrics(autoscaler: HorizontalPodAutoscaler): Said[] {
  const message = `the HPA was unable to compute the replica count: ${metricFault(autoscaler)}`
  return [
    {
      type: 'AbleToScale',
      status: 'True',
      reason: 'SucceededGetScale',
      message: "the HPA controller was able to get the target's current scale",
    },
    { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message },
  ]
}

function metricFault(autoscaler: HorizontalPodAutoscaler): string {
  const resource = autoscaler.spec?.metrics?.find(({ type }) => type === 'Resource')?.resource
  const name = resource?.name ?? 'cpu'
  const what = resource?.target.type === 'AverageValue' ? `${name} usage` : `${name} utilization`
  return `failed to get ${what}: unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`
}

function eventsFor(autoscaler: HorizontalPodAutoscaler, conditions: readonly Said[]): Write[] {
  const say = (reason: string, message: string) =>
    event(api.horizontalPodAutoscaler, autoscaler, 'Warning', reason, message)
  const target = conditions.find(({ reason }) => reason === 'FailedGetScale')
  if (target) return [say('FailedGetScale', target.message.replace(/^.*current scale: /, ''))]
  const count = autoscaler.spec?.metrics?.length ?? 1
  const fault = metricFault(autoscaler)
  const all = `invalid metrics (${count} invalid out of ${count}), first error is: failed to get ${autoscaler.spec?.metrics?.[0]?.resource?.name ?? 'cpu'} resource metric value: ${fault}`
  return [say('FailedGetResourceMetric', fault), say('FailedComputeMetricsReplicas', all)]
}

function statusOf(
  autoscaler: HorizontalPodAutoscaler,
  replicas: number | undefined,
  conditions: readonly Said[],
  context: ReconcileContext,
): HorizontalPodAutoscalerStatus {
  const known = autoscaler.status?.conditions ?? []
  return {
    ...(replicas !== undefined && { currentReplicas: replicas }),
    desiredReplicas: 0,
    currentMetrics: (replicas === undefined
      ? null
      : (autoscaler.spec?.metrics ?? []).map(() => ({ type: '' }))) as readonly MetricStatus[],
    conditions: conditions.map((condition) => {
      const before = known.find(({ type, status }) => type === condition.type && status === condition.status)
      return {
        ...condition,
        lastTransitionTime: before?.lastTransitionTime ?? context.simulation.timestamp(),
      }
    }),
  }
}
