import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { ALL_NAMESPACES, command, PRINT_FLAGS } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { objectName, printerFor } from '../printers/printer.ts'
import { byRule } from '../printers/rules.ts'
import { TabWriter } from '../printers/tab-writer.ts'
import { reconcile } from './auth-reconcile.ts'

const VERBS = new Set([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  '*',
  'approve',
  'sign',
  'escalate',
  'attest',
])
const API = '/apis/authorization.k8s.io/v1'

const canI = command({
  name: 'can-i',
  short: 'Ask whether something is allowed',
  examples: ['kubectl auth can-i create pods', 'kubectl auth can-i --list --as bob'],
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]',
  flags: [
    ALL_NAMESPACES,
    { name: 'list', type: 'boolean', default: false, help: 'List what is allowed.' },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'Only the exit code.' },
    { name: 'subresource', type: 'string', default: '', help: 'A subresource: log, status ...' },
    { name: 'no-headers', type: 'boolean', default: false, help: 'Leave the header line out.' },
  ],
  *run(context): Blocking<number> {
    if (context.flags.boolean('list')) return yield* listRules(context)
    const spec = yield* specOf(context)
    const body = {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec,
      status: { allowed: false },
    }
    const { status } = yield* context.api.send('POST', `${API}/selfsubjectaccessreviews`, {}, body)
    const reason = status.reason && !status.allowed ? ` - ${status.reason}` : ''
    const failure = status.evaluationError ? ` - ${status.evaluationError}` : ''
    if (!context.flags.boolean('quiet'))
      yield* context.printLine(status.allowed ? 'yes' : `no${reason}${failure}`)
    return status.allowed ? 0 : 1
  },
})

function* specOf(context: Context): Blocking<KubeObject> {
  const [verb, what, ...more] = context.args
  if (verb === undefined || what === undefined || more.length > 0) {
    throw new CommandError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    )
  }
  if (what.startsWith('/')) return { nonResourceAttributes: { path: what, verb } }
  const [resource = '', name] = what.split('/')
  const type = yield* context.discovery.find(resource)
  if (!type && resource !== '*')
    yield* context.printError(`Warning: the server doesn't have a resource type '${resource}'\n\n`)
  if (!VERBS.has(verb)) yield* context.printError(`Warning: verb '${verb}' is not a known verb\n\n`)
  if (type && !type.namespaced && !context.flags.boolean('all-namespaces'))
    yield* context.printError(`Warning: resource '${type.plural}' is not namespace scoped\n\n`)
  const namespace = context.flags.boolean('all-namespaces') ? '' : context.namespace
  const attributes = {
    ...(namespace ? { namespace } : {}),
    verb,
    ...(type?.group ? { group: type.group } : {}),
    resource: type?.plural ?? resource,
    ...(context.flags.string('subresource') ? { subresource: context.flags.string('subresource') } : {}),
    ...(name ? { name } : {}),
  }
  return { resourceAttributes: attributes }
}

function* listRules(context: Context): Blocking<number> {
  if (context.args.length > 0) throw new CommandError('list option must be specified with no arguments')
  const body = {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { namespace: context.namespace },
    status: { resourceRules: null, nonResourceRules: null, incomplete: false },
  }
  const { status } = yield* context.api.send('POST', `${API}/selfsubjectrulesreviews`, {}, body)
  if (status.incomplete)
    yield* context.printError(`warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`)
  const writer = new TabWriter()
  if (!context.flags.boolean('no-headers'))
    writer.row(['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'])
  const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
  const rows: string[][] = []
  for (const rule of (status.resourceRules ?? []) as KubeObject[]) {
    for (const group of rule.apiGroups ?? ['']) {
      for (const resource of rule.resources ?? [])
        rows.push([
          group ? `${resource}.${group}` : resource,
          '[]',
          list(rule.resourceNames),
          list(rule.verbs),
        ])
    }
  }
  for (const rule of (status.nonResourceRules ?? []) as KubeObject[]) {
    for (const url of rule.nonResourceURLs ?? []) rows.push(['', `[${url}]`, '[]', list(rule.verbs)])
  }
  for (const row of rows.sort(byRule)) writer.row(row)
  yield* context.print(writer.flush())
  return 0
}

const whoami = command({
  name: 'whoami',
  short: 'Ask the server who one is',
  flags: PRINT_FLAGS,
  *run(context): Blocking<void> {
    const printer = printerFor(context, { nameOf: objectName })
    const body = {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      status: { userInfo: {} },
    }
    const review = yield* context.api.send(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {},
      body,
    )
    if (printer) return yield* context.print(printer.print(review))
    const { username, groups = [], uid } = review.status.userInfo
    const writer = new TabWriter()
    writer.row(['ATTRIBUTE', 'VALUE'])
    writer.row(['Username', username])
    if (uid) writer.row(['UID', uid])
    if (groups.length > 0) writer.row(['Groups', `[${groups.join(' ')}]`])
    yield* context.print(writer.flush())
  },
})

export const auth = command({
  name: 'auth',
  needsSubcommand: 'stderr',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Ask what is allowed',
  subcommands: [canI, whoami, reconcile],
})
