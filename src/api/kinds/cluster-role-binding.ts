import type { ClusterRoleBinding } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { checkPathSegment } from '../names.ts'
import { bindingColumns, defaultBinding, validateRoleRefUpdate } from './shared/rbac.ts'

/** Who has a ClusterRole. */
export const clusterRoleBinding = kind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  columns: bindingColumns,
  validateName: checkPathSegment,
  defaults: defaultBinding,
  validateUpdate: validateRoleRefUpdate,
})
