import type { RoleBinding } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { checkPathSegment } from '../names.ts'
import { bindingColumns, defaultBinding, validateRoleRefUpdate } from './shared/rbac.ts'

/** Who has a Role. */
export const roleBinding = kind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  columns: bindingColumns,
  validateName: checkPathSegment,
  defaults: defaultBinding,
  validateUpdate: validateRoleRefUpdate,
})
