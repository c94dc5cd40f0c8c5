import { kind } from '../kind.ts'
import type { Lease } from '../generated/types.ts'

export const lease = kind<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
})
