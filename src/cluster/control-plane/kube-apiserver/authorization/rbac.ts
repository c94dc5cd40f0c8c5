import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../../../api/generated/types.ts'
import { clusterRoleBinding } from '../../../../api/kinds/cluster-role-binding.ts'
import { clusterRole } from '../../../../api/kinds/cluster-role.ts'
import { roleBinding } from '../../../../api/kinds/role-binding.ts'
import { role } from '../../../../api/kinds/role.ts'
import type { UserInfo } from '../../../../api/wire.ts'
import type { Server } from '../context.ts'

/** What somebody wants to do: to a resource (`pods/log`, with its subresource), or to a path that is no resource's. */
export type Attributes =
  | {
      readonly verb: string
      readonly group: string
      readonly resource: string
      readonly namespace: string
      readonly name: string
    }
  | { readonly verb: string; readonly path: string }

/** Does a rule of a role that is bound to the user allow it? Rules only ever allow, so one is enough. */
export function isAllowed(server: Server, user: UserInfo, attributes: Attributes): boolean {
  const namespace = 'path' in attributes ? '' : attributes.namespace
  return rulesOf(server, user, namespace).some((rule) => allows(rule, attributes))
}

/** The rules that hold for a user: those bound everywhere, then those bound in the namespace, if there is one. */
export function rulesOf(server: Server, user: UserInfo, namespace: string): readonly PolicyRule[] {
  const everywhere = (server.store.list(clusterRoleBinding) as readonly ClusterRoleBinding[])
    .filter(({ subjects }) => subjects?.some((subject) => isSubject(user, subject, '')))
    .flatMap(({ roleRef }) => rulesBehind(server, roleRef, ''))
  if (namespace === '') return everywhere
  const here = (server.store.list(roleBinding, namespace) as readonly RoleBinding[])
    .filter(({ subjects }) => subjects?.some((subject) => isSubject(user, subject, namespace)))
    .flatMap(({ roleRef }) => rulesBehind(server, roleRef, namespace))
  return [...everywhere, ...here]
}

function isSubject({ username, groups }: UserInfo, subject: Subject, bindingNamespace: string): boolean {
  if (subject.kind === 'User') return subject.name === username
  if (subject.kind === 'Group') return groups.includes(subject.name)
  return username === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`
}

/** A binding to a role that is not there allows nothing. */
function rulesBehind({ store }: Server, { kind, name }: RoleRef, namespace: string): readonly PolicyRule[] {
  const found =
    kind === 'ClusterRole'
      ? (store.read(clusterRole, '', name) as ClusterRole | undefined)
      : (store.read(role, namespace, name) as Role | undefined)
  return found?.rules ?? []
}

function allows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!matches(rule.verbs, attributes.verb)) return false
  if ('path' in attributes)
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : url === attributes.path,
    )
  const { group, resource, name } = attributes
  const [, subresource] = resource.split('/')
  return (
    matches(rule.apiGroups, group) &&
    (matches(rule.resources, resource) ||
      (subresource !== undefined && rule.resources?.includes(`*/${subresource}`) === true)) &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(name))
  )
}

const matches = (allowed: readonly string[] | undefined, wanted: string): boolean =>
  allowed?.some((one) => one === '*' || one === wanted) === true
