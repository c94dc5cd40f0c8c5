import type { Lease } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** Who holds something, and until when: nodes' heartbeats, elections of leaders. */
export const lease = kind<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  createOnUpdate: true,
  columns: [NAME, column('Holder', ({ spec }) => spec?.holderIdentity ?? ''), AGE],
  validate({ spec }, errors) {
    const { leaseDurationSeconds, leaseTransitions } = spec ?? {}
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
      errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')
    if (leaseTransitions !== undefined && leaseTransitions < 0)
      errors.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')
  },
})
