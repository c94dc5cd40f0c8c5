import { kind } from '../kind.ts'
import type { ResourceQuota } from '../generated/types.ts'

export const resourceQuota = kind<ResourceQuota>({
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
})
