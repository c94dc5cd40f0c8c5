import { kind } from '../kind.ts'
import type { Deployment } from '../generated/types.ts'

export const deployment = kind<Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
})
