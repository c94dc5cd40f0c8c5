import type { FieldErrors } from '../../field-errors.ts'
import type { PolicyRule, RoleRef, Subject } from '../../generated/types.ts'
import type { Column } from '../../kind.ts'
import type { KubernetesObject } from '../../resource.ts'
import { equal } from '../../objects.ts'
import { AGE, column, NAME, wideColumn } from './columns.ts'

interface Binding extends KubernetesObject {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

const namesOf = (subjects: readonly Subject[] | undefined, kind: string) =>
  (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ')

export const bindingColumns: readonly Column<Binding>[] = [
  NAME,
  column('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  AGE,
  wideColumn('Users', ({ subjects }) => namesOf(subjects, 'User')),
  wideColumn('Groups', ({ subjects }) => namesOf(subjects, 'Group')),
  wideColumn('ServiceAccounts', ({ subjects }) => namesOf(subjects, 'ServiceAccount')),
]

/** Subjects and references name the group they mean when they do not say. */
export function defaultBinding<T extends Binding>(binding: T): T {
  const rbac = 'rbac.authorization.k8s.io'
  return {
    ...binding,
    ...(binding.roleRef
      ? { roleRef: { ...binding.roleRef, apiGroup: binding.roleRef.apiGroup || rbac } }
      : {}),
    ...(binding.subjects
      ? {
          subjects: binding.subjects.map((subject) =>
            subject.kind === 'ServiceAccount' || subject.apiGroup ? subject : { ...subject, apiGroup: rbac },
          ),
        }
      : {}),
  }
}

export function validateRules(rules: readonly PolicyRule[] | undefined, errors: FieldErrors): void {
  rules?.forEach(({ verbs, apiGroups, resources, nonResourceURLs }, index) => {
    const at = `rules[${index}]`
    if (!verbs?.length) errors.required(`${at}.verbs`, 'verbs must contain at least one value')
    if (nonResourceURLs?.length) return
    if (!apiGroups?.length)
      errors.required(`${at}.apiGroups`, 'resource rules must supply at least one api group')
    if (!resources?.length)
      errors.required(`${at}.resources`, 'resource rules must supply at least one resource')
  })
}

export function validateRoleRefUpdate(next: Binding, old: Binding, errors: FieldErrors): void {
  if (!equal(next.roleRef, old.roleRef)) errors.invalid('roleRef', next.roleRef, 'cannot change roleRef')
}
