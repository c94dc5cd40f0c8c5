import { kind } from '../kind.ts'
import type { PriorityClass } from '../generated/types.ts'

export const priorityClass = kind<PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
})
