import { kind } from '../kind.ts'
import type { CronJob } from '../generated/types.ts'

export const cronJob = kind<CronJob>({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
})
