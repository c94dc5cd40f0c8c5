import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const MAX_METRICS = 2

const DEFAULT_METRIC: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}

function targetText(metric: MetricSpec, current: MetricStatus | undefined): string {
  const { resource } = metric
  if (!resource) return '<unknown>'
  const { averageUtilization, averageValue } = resource.target
  const now = current?.resource?.current
  if (averageUtilization !== undefined) {
    return `${resource.name}: ${now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}%`}/${averageUtilization}%`
  }
  return `${resource.name}: ${now?.averageValue ?? '<unknown>'}/${averageValue ?? '<auto>'}`
}

function targetsCell({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const texts = metrics
    .slice(0, MAX_METRICS)
    .map((metric, index) => targetText(metric, status?.currentMetrics?.[index]))
  return metrics.length > MAX_METRICS
    ? `${texts.join(', ')} + ${metrics.length - MAX_METRICS} more...`
    : texts.join(', ')
}

/** Sets the replicas of a workload by what its Pods use. */
export const horizontalPodAutoscaler = kind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: [statusOf('HorizontalPodAutoscaler')],
  columns: [
    NAME,
    column('Reference', ({ spec }) => `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`),
    column('Targets', targetsCell),
    column('MinPods', ({ spec }) => String(spec?.minReplicas ?? '<unset>')),
    column('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
    column('Replicas', ({ status }) => status?.currentReplicas ?? 0),
    AGE,
  ],
  defaults: (object) => ({
    ...object,
    spec: {
      ...object.spec!,
      minReplicas: object.spec?.minReplicas ?? 1,
      metrics: object.spec?.metrics?.length ? object.spec.metrics : [DEFAULT_METRIC],
    },
  }),
  // Go writes an absent list without omitempty as null.
  prepareForCreate: (object) => ({
    ...object,
    status: { desiredReplicas: 0, currentMetrics: null as never },
  }),
  validate({ spec }, errors) {
    const { minReplicas = 1, maxReplicas = 0, scaleTargetRef } = spec ?? {}
    if (minReplicas < 1) errors.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')
    if (maxReplicas < 1) errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')
    if (maxReplicas < minReplicas)
      errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
    if (!scaleTargetRef?.kind) errors.required('spec.scaleTargetRef.kind')
    if (!scaleTargetRef?.name) errors.required('spec.scaleTargetRef.name')
    if (!scaleTargetRef?.apiVersion?.includes('/')) {
      errors.invalid(
        'spec.scaleTargetRef.apiVersion',
        scaleTargetRef?.apiVersion ?? '',
        'apiVersion must specify API group',
      )
    }
  },
})
