import { kind } from '../kind.ts'
import type { ClusterRoleBinding } from '../generated/types.ts'

export const clusterRoleBinding = kind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
})
