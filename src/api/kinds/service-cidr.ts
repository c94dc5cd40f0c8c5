import type { ServiceCIDR } from '../generated/types.ts'
import { checkCidr } from '../ip.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** A range of addresses for Services. */
export const serviceCIDR = kind<ServiceCIDR>({
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  subresources: [statusOf('ServiceCIDR')],
  columns: [NAME, column('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), AGE],
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate({ spec }, errors) {
    if (!spec?.cidrs?.length) errors.required('spec.cidrs', 'at least one CIDR required')
    spec?.cidrs?.forEach((cidr, index) => errors.invalid(`spec.cidrs[${index}]`, cidr, ...checkCidr(cidr)))
  },
})
