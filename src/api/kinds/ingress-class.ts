import { kind } from '../kind.ts'
import type { IngressClass } from '../generated/types.ts'

export const ingressClass = kind<IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
})
