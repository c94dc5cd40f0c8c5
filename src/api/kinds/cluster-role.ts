import { kind } from '../kind.ts'
import type { ClusterRole } from '../generated/types.ts'

export const clusterRole = kind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
})
