import type { Blocking } from '../../../os/process.ts'
import type { KubeObject } from '../../api.ts'
import type { Context } from '../../context.ts'
import { CommandError, PlainError } from '../../errors.ts'
import type { Flag } from '../../flags.ts'
import { subcommand } from './subcommand.ts'

const RULE_FLAGS: readonly Flag[] = [
  { name: 'verb', type: 'list', default: [], help: 'What may be done.' },
  { name: 'resource', type: 'list', default: [], help: 'To which types.' },
  { name: 'resource-name', type: 'array', default: [], help: 'Only to objects of these names.' },
]

/** What may be done with objects, as far as kubectl knows. */
const RESOURCE_VERBS =
  '* get list watch create update patch delete deletecollection use bind escalate impersonate'.split(' ')

function noSuchType(word: string): string {
  const [name, ...group] = word.split('.')
  return `the server doesn't have a resource type "${name}"${group.length > 0 ? ` in group "${group.join('.')}"` : ''}`
}

/** One rule an API group, as the types come. */
function* rulesOf(context: Context): Blocking<KubeObject[]> {
  const verbs = [...new Set(context.flags.list('verb'))]
  const resources = context.flags.list('resource')
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified')
  const urls = context.flags.has('non-resource-url') ? context.flags.list('non-resource-url') : []
  for (const url of urls)
    if (!url.startsWith('/')) throw new CommandError('nonResourceURL should start with /')
  if (urls.length > 0 && resources.length === 0) return [{ verbs, nonResourceURLs: urls }]
  if (resources.length === 0) throw new CommandError('at least one resource must be specified')
  const groups = new Map<string, string[]>()
  for (const word of resources) {
    const [name = '', sub] = word.split('/')
    if (name === '*') {
      groups.set('', [...(groups.get('') ?? []), sub ? `*/${sub}` : '*'])
      continue
    }
    const type = yield* context.discovery.find(name)
    if (!type) throw new PlainError(noSuchType(name))
    for (const verb of verbs)
      if (!RESOURCE_VERBS.includes(verb))
        yield* context.printError(`Warning: '${verb}' is not a standard resource verb\n`)
    groups.set(type.group, [...(groups.get(type.group) ?? []), sub ? `${type.plural}/${sub}` : type.plural])
  }
  const names = context.flags.list('resource-name')
  return [...groups].map(([group, plurals]) => ({
    verbs,
    apiGroups: [group],
    resources: plurals,
    ...(names.length > 0 ? { resourceNames: names } : {}),
  }))
}

const RBAC = 'rbac.authorization.k8s.io'

export const role = subcommand({
  name: 'role',
  short: 'Create a Role',
  usage:
    'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: RULE_FLAGS,
  called: 'role',
  *make(context, name) {
    return { kind: 'Role', apiVersion: `${RBAC}/v1`, metadata: { name }, rules: yield* rulesOf(context) }
  },
})

export const clusterrole = subcommand({
  name: 'clusterrole',
  short: 'Create a ClusterRole',
  usage:
    'NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: [
    ...RULE_FLAGS,
    { name: 'non-resource-url', type: 'list', default: [], help: 'Paths instead of types.' },
    { name: 'aggregation-rule', type: 'string', default: '', help: 'Labels of the roles to gather.' },
  ],
  called: 'clusterrole',
  *make(context, name) {
    const aggregated = context.flags.string('aggregation-rule')
    if (aggregated !== '') return aggregatingRole(context, name, aggregated)
    return {
      kind: 'ClusterRole',
      apiVersion: `${RBAC}/v1`,
      metadata: { name },
      rules: yield* rulesOf(context),
    }
  },
})

function aggregatingRole(context: Context, name: string, labels: string): KubeObject {
  if (['verb', 'resource', 'resource-name', 'non-resource-url'].some((flag) => context.flags.changed(flag))) {
    throw new CommandError(
      'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
    )
  }
  const matchLabels = Object.fromEntries(labels.split(',').map((pair) => pair.split('=') as [string, string]))
  return {
    kind: 'ClusterRole',
    apiVersion: `${RBAC}/v1`,
    metadata: { name },
    rules: null,
    aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
  }
}

const SUBJECT_FLAGS: readonly Flag[] = [
  { name: 'user', type: 'array', default: [], help: 'Users to bind.' },
  { name: 'group', type: 'array', default: [], help: 'Groups to bind.' },
  {
    name: 'serviceaccount',
    type: 'array',
    default: [],
    help: 'Service accounts to bind, as namespace:name.',
  },
]

function subjectsOf(context: Context): KubeObject[] {
  return [
    ...context.flags.list('user').map((name) => ({ kind: 'User', apiGroup: RBAC, name })),
    ...context.flags.list('group').map((name) => ({ kind: 'Group', apiGroup: RBAC, name })),
    ...context.flags.list('serviceaccount').map((text) => {
      const [namespace = '', name = ''] = text.split(':')
      if (!namespace || !name) throw new CommandError('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
}

export const rolebinding = subcommand({
  name: 'rolebinding',
  short: 'Bind a role in a namespace',
  usage:
    'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [
    ...SUBJECT_FLAGS,
    { name: 'role', type: 'string', default: '', help: 'The Role.' },
    { name: 'clusterrole', type: 'string', default: '', help: 'The ClusterRole.' },
  ],
  called: 'rolebinding',
  make(context, name) {
    const [one, other] = [context.flags.string('role'), context.flags.string('clusterrole')]
    if ((one === '') === (other === ''))
      throw new CommandError('exactly one of clusterrole or role must be specified')
    const roleRef = { apiGroup: RBAC, kind: one ? 'Role' : 'ClusterRole', name: one || other }
    return {
      kind: 'RoleBinding',
      apiVersion: `${RBAC}/v1`,
      metadata: { name },
      subjects: subjectsOf(context),
      roleRef,
    }
  },
})

export const clusterrolebinding = subcommand({
  name: 'clusterrolebinding',
  short: 'Bind a ClusterRole everywhere',
  usage:
    'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [
    ...SUBJECT_FLAGS,
    { name: 'clusterrole', type: 'string', default: '', required: true, help: 'The ClusterRole.' },
  ],
  called: 'clusterrolebinding',
  make(context, name) {
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: context.flags.string('clusterrole') }
    return {
      kind: 'ClusterRoleBinding',
      apiVersion: `${RBAC}/v1`,
      metadata: { name },
      subjects: subjectsOf(context),
      roleRef,
    }
  },
})
