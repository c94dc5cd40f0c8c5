import { kind } from '../kind.ts'
import type { ServiceCIDR } from '../generated/types.ts'

export const serviceCIDR = kind<ServiceCIDR>({
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
})
