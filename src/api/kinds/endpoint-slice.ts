import { kind } from '../kind.ts'
import type { EndpointSlice } from '../generated/types.ts'

export const endpointSlice = kind<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
})
