import { kind } from '../kind.ts'
import type { PodDisruptionBudget } from '../generated/types.ts'

export const podDisruptionBudget = kind<PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
})
