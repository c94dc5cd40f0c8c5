import { kind } from '../kind.ts'
import type { Job } from '../generated/types.ts'

export const job = kind<Job>({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
})
