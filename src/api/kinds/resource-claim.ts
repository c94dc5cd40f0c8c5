import type { ResourceClaim } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

function stateCell({ metadata, status }: ResourceClaim): string {
  const states = [
    ...(metadata?.deletionTimestamp ? ['deleted'] : []),
    ...(status?.allocation ? ['allocated'] : ['pending']),
    ...(status?.reservedFor?.length ? ['reserved'] : []),
  ]
  return states.join(',')
}

/** A wish for devices. Nobody allocates them here. */
export const resourceClaim = kind<ResourceClaim>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  subresources: [statusOf('ResourceClaim')],
  columns: [NAME, column('State', stateCell), AGE],
  prepareForCreate: (object) => ({ ...object, status: {} }),
})
