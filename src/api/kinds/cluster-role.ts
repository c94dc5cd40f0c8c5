import type { ClusterRole } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { checkPathSegment } from '../names.ts'
import { CREATED_AT, NAME } from './shared/columns.ts'
import { validateRules } from './shared/rbac.ts'

/** What may be done anywhere: the authorizer asks these. */
export const clusterRole = kind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  columns: [NAME, CREATED_AT],
  validateName: checkPathSegment,
  validate: ({ rules }, errors) => validateRules(rules, errors),
})
