import { kind } from '../kind.ts'
import type { NetworkPolicy } from '../generated/types.ts'

export const networkPolicy = kind<NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
})
