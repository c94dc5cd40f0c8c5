import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1, MetricSpec } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { defined } from '../objects.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'

const isCpu = ({ resource }: MetricSpec) => resource?.name === 'cpu' && resource.target.type === 'Utilization'

const cpuMetric = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

/** The first shape of a HorizontalPodAutoscaler: the CPU is all it knows. Other metrics are not shown in it. */
export const horizontalPodAutoscalerV1 = kind<HorizontalPodAutoscalerV1>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  definition: 'HorizontalPodAutoscalerV1',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: [statusOf('HorizontalPodAutoscaler')],
  columns: horizontalPodAutoscaler.columns as never,
  conversion: {
    stored: horizontalPodAutoscaler,
    toStored(object): HorizontalPodAutoscaler {
      const { targetCPUUtilizationPercentage: target, ...spec } = object.spec
      const metrics = target === undefined ? undefined : [cpuMetric(target)]
      return defined({
        ...object,
        apiVersion: 'autoscaling/v2',
        spec: defined({ ...spec, metrics }),
        status: undefined,
      })
    },
    fromStored(object) {
      const { spec, status, ...rest } = object as HorizontalPodAutoscaler
      const {
        scaleTargetRef,
        minReplicas,
        maxReplicas = 0,
        metrics,
      } = spec ?? { scaleTargetRef: { kind: '', name: '' } }
      const targetCPUUtilizationPercentage = metrics?.find(isCpu)?.resource?.target.averageUtilization
      const { currentReplicas = 0, desiredReplicas = 0, lastScaleTime, observedGeneration } = status ?? {}
      return defined({
        ...rest,
        apiVersion: 'autoscaling/v1',
        spec: defined({ maxReplicas, minReplicas, scaleTargetRef, targetCPUUtilizationPercentage }),
        status: defined({ currentReplicas, desiredReplicas, lastScaleTime, observedGeneration }),
      })
    },
  },
})
