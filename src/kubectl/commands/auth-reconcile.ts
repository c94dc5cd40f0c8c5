import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { objectPath } from '../resources/builder.ts'
import { pathErrors, readManifests, type Info } from '../resources/manifests.ts'
import { reporter, type Report } from './results.ts'
import { getIfThere } from './write.ts'

const ROLES = ['Role', 'ClusterRole']
const BINDINGS = ['RoleBinding', 'ClusterRoleBinding']

export const reconcile = command({
  name: 'reconcile',
  short: 'Add the rules and subjects of manifests to the roles and bindings that are there',
  long: 'Creates the roles and bindings of manifests, and adds to those that are there what they lack. What they have besides stays, unless it is asked to be removed.',
  examples: ['kubectl auth reconcile -f roles.yaml'],
  usage: '-f FILENAME [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    {
      name: 'remove-extra-permissions',
      type: 'boolean',
      default: false,
      help: 'Remove rules that the manifest lacks.',
    },
    {
      name: 'remove-extra-subjects',
      type: 'boolean',
      default: false,
      help: 'Remove subjects that the manifest lacks.',
    },
  ],
  *run(context): Blocking<void> {
    const [wrongPath] = pathErrors(context)
    if (wrongPath) throw wrongPath
    if (context.flags.list('filename').length === 0 && context.flags.string('kustomize') === '')
      throw new CommandError('must specify one of -f and -k')
    if (context.args.length > 0) throw new CommandError('no arguments are allowed')
    if (context.dryRun === 'server')
      throw new CommandError('--dry-run=server for command reconcile is not supported yet')
    const report = reporter(context)
    const { infos, errors } = yield* readManifests(context)
    if (errors[0]) throw errors[0]
    for (const info of infos) yield* reconcileOne(context, info, report)
  },
})

/** What of an object is compared: the rules of a role, the subjects of a binding. */
interface Part {
  readonly key: 'rules' | 'subjects'
  readonly removes: boolean
  covers(have: readonly KubeObject[], wanted: readonly KubeObject[]): KubeObject[]
  show(item: KubeObject): string
}

/** Undefined for what grants nothing: it is passed over. */
function partOf(context: Context, info: Info): Part | undefined {
  const { flags } = context
  if (ROLES.includes(info.type.kind))
    return {
      key: 'rules',
      removes: flags.boolean('remove-extra-permissions'),
      covers: uncoveredRules,
      show: ruleText,
    }
  if (BINDINGS.includes(info.type.kind))
    return {
      key: 'subjects',
      removes: flags.boolean('remove-extra-subjects'),
      covers: uncoveredSubjects,
      show: subjectText,
    }
  return undefined
}

function* reconcileOne(context: Context, info: Info, report: Report): Blocking<void> {
  const part = partOf(context, info)
  if (!part) return
  const wanted: KubeObject[] = info.object[part.key] ?? []
  const current = yield* getIfThere(context, info)
  const have: KubeObject[] = current?.[part.key] ?? []
  const missing = part.covers(have, wanted)
  const extra = current ? part.covers(wanted, have) : []
  const kept = part.removes ? have.filter((item) => part.covers(wanted, [item]).length === 0) : have
  const next = { ...(current ?? info.object), [part.key]: current ? [...kept, ...missing] : wanted }
  const operation = !current
    ? 'create'
    : missing.length > 0 || (part.removes && extra.length > 0)
      ? 'update'
      : 'none'
  const stored =
    context.dryRun === 'client' || operation === 'none' ? next : yield* store(context, info, next, operation)
  yield* report(stored, 'reconciled', info.type)
  if (operation === 'none') return
  yield* context.printError(`\treconciliation required ${operation}\n`)
  yield* list(context, `missing ${part.key} added`, missing, part)
  if (part.removes) yield* list(context, `extra ${part.key} removed`, extra, part)
}

function* list(context: Context, title: string, items: readonly KubeObject[], part: Part): Blocking<void> {
  if (items.length === 0) return
  yield* context.printError(`\t${title}:\n${items.map((item) => `\t\t${part.show(item)}\n`).join('')}`)
}

function* store(context: Context, info: Info, next: KubeObject, operation: string): Blocking<KubeObject> {
  const [method, path] =
    operation === 'create'
      ? (['POST', pathOf(info.type, info.namespace || undefined)] as const)
      : (['PUT', objectPath(info)] as const)
  return yield* context.api.send(method, path, context.writeQuery(), next, { accept: 'application/json' })
}

/** Rules of one verb, group and resource each that no rule allows. */
function uncoveredRules(have: readonly KubeObject[], wanted: readonly KubeObject[]): KubeObject[] {
  return wanted.flatMap(single).filter((rule) => !have.some((one) => allows(one, rule)))
}

function single(rule: KubeObject): KubeObject[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const names: (string | undefined)[] = resourceNames.length > 0 ? resourceNames : [undefined]
  const found: KubeObject[] = []
  for (const verb of verbs) {
    for (const group of apiGroups)
      for (const resource of resources)
        for (const name of names)
          found.push({
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            ...(name === undefined ? {} : { resourceNames: [name] }),
          })
    for (const url of nonResourceURLs) found.push({ verbs: [verb], nonResourceURLs: [url] })
  }
  return found
}

function allows(rule: KubeObject, wanted: KubeObject): boolean {
  const has = (key: string): boolean => {
    const [value] = wanted[key] ?? []
    return value === undefined || rule[key]?.includes(value) || rule[key]?.includes('*')
  }
  const names = (rule.resourceNames?.length ?? 0) === 0 || (wanted.resourceNames && has('resourceNames'))
  return ['verbs', 'apiGroups', 'resources', 'nonResourceURLs'].every(has) && Boolean(names)
}

const uncoveredSubjects = (have: readonly KubeObject[], wanted: readonly KubeObject[]): KubeObject[] =>
  wanted.filter((subject) => !have.some((one) => subjectText(one) === subjectText(subject)))

const words = (list: readonly string[] = []): string => `[${list.join(' ')}]`

/** `%+v` of a rule and of a subject. */
const ruleText = (rule: KubeObject): string =>
  `{Verbs:${words(rule.verbs)} APIGroups:${words(rule.apiGroups)} Resources:${words(rule.resources)} ResourceNames:${words(rule.resourceNames)} NonResourceURLs:${words(rule.nonResourceURLs)}}`
const subjectText = (subject: KubeObject): string =>
  `{Kind:${subject.kind} APIGroup:${subject.apiGroup ?? (subject.kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io')} Name:${subject.name} Namespace:${subject.namespace ?? ''}}`
