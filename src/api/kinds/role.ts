import type { Role } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { checkPathSegment } from '../names.ts'
import { CREATED_AT, NAME } from './shared/columns.ts'
import { validateRules } from './shared/rbac.ts'

/** What may be done in a namespace: the authorizer asks these. */
export const role = kind<Role>({
  group: 'rbac.authorization.k8s.io',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  columns: [NAME, CREATED_AT],
  validateName: checkPathSegment,
  validate: ({ rules }, errors) => validateRules(rules, errors),
})
