import { kind } from '../kind.ts'
import type { RoleBinding } from '../generated/types.ts'

export const roleBinding = kind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
})
