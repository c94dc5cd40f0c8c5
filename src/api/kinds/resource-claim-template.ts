import type { ResourceClaimTemplate } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, NAME } from './shared/columns.ts'

/** What a Pod's own ResourceClaim is made from. */
export const resourceClaimTemplate = kind<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
  columns: [NAME, AGE],
})
