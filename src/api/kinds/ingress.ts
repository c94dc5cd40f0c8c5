import { kind } from '../kind.ts'
import type { Ingress } from '../generated/types.ts'

export const ingress = kind<Ingress>({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
})
