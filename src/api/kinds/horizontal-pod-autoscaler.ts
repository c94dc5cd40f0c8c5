import { kind } from '../kind.ts'
import type { HorizontalPodAutoscaler } from '../generated/types.ts'

export const horizontalPodAutoscaler = kind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
})
