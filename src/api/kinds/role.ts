import { kind } from '../kind.ts'
import type { Role } from '../generated/types.ts'

export const role = kind<Role>({
  group: 'rbac.authorization.k8s.io',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
})
