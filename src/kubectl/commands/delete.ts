import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import {
  ALL,
  ALL_NAMESPACES,
  command,
  DRY_RUN,
  FIELD_SELECTOR,
  FILENAME_FLAGS,
  OUTPUT,
  SELECTOR,
} from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { qualifiedKind } from '../discovery.ts'
import { CommandError, StatusError, throwAll, whileDoing } from '../errors.ts'
import { fetchNamed, namedBy, objectPath, scopeOf } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { getIfThere } from './write.ts'

export const deleteCommand = command({
  name: 'delete',
  group: 'Basic Commands (Intermediate)',
  short: 'Delete objects by name, selector or manifest',
  long: 'Deletes objects and waits until they are gone. Pods get time to end: their grace period.',
  examples: [
    'kubectl delete pod web-0',
    'kubectl delete svc,deploy -l app=web',
    'kubectl delete -f service.yaml',
    'kubectl delete pod stuck --now',
  ],
  usage: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    FIELD_SELECTOR,
    ALL,
    ALL_NAMESPACES,
    DRY_RUN,
    { ...OUTPUT, values: ['name'] },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      bare: 'background',
      values: ['background', 'orphan', 'foreground'],
      help: 'What becomes of dependents.',
    },
    {
      name: 'force',
      type: 'boolean',
      default: false,
      help: 'Take the object out of the API at once, without waiting for its Pod to end.',
    },
    { name: 'grace-period', type: 'integer', default: -1, help: 'Seconds a Pod has to end.' },
    {
      name: 'ignore-not-found',
      type: 'boolean',
      default: false,
      help: 'No error for objects that are not there.',
    },
    { name: 'now', type: 'boolean', default: false, help: 'A grace period of one second.' },
    { name: 'timeout', type: 'duration', default: 0, help: 'How long to wait for the objects to go.' },
    { name: 'wait', type: 'boolean', default: true, help: 'Wait until the objects are gone.' },
    { name: 'interactive', short: 'i', type: 'boolean', default: false, help: 'Ask before deleting.' },
    { name: 'raw', type: 'string', default: '', help: 'DELETE this path of the server.' },
  ],
  completeArgs: completeTypesAndNames,
  run: runDelete,
})

export interface DeleteOptions {
  readonly gracePeriodSeconds: number
  readonly force: boolean
  readonly cascade: string
  readonly wait: boolean
  readonly timeoutMs: number
  readonly ignoreNotFound: boolean
  readonly quiet: boolean
}

function* runDelete(context: Context): Blocking<void> {
  const { flags } = context
  if (flags.string('raw') !== '') return yield* deleteRaw(context)
  yield* namedBy(context)
  if (flags.string('output') !== '' && flags.string('output') !== 'name') {
    throw new CommandError(`unexpected -o output mode: ${flags.string('output')}. We only support '-o name'`)
  }
  const options = optionsOf(context)
  const { selector, fieldSelector, all } = scopeOf(context)
  const selecting = selector !== '' || fieldSelector !== '' || all
  const { infos, errors } = yield* fetchNamed(context, { namesOnly: !selecting })
  if ((selecting || flags.list('filename').length > 0) && infos.length === 0 && errors.length === 0)
    return yield* context.printLine('No resources found')
  if (options.force && options.gracePeriodSeconds === 0) {
    yield* context.printError(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  }
  if (flags.changed('namespace') && infos.some((info) => !info.type.namespaced)) {
    yield* context.printError(
      'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n',
    )
  }
  if (flags.boolean('interactive') && !(yield* confirm(context, infos)))
    return yield* context.printLine('deletion is cancelled')
  yield* deleteAll(context, infos, { ...options, ignoreNotFound: options.ignoreNotFound || all }, errors)
  throwAll(errors)
}

function* deleteRaw(context: Context): Blocking<void> {
  const answer = yield* context.api.send<unknown>('DELETE', context.flags.string('raw'))
  yield* context.printLine(JSON.stringify(answer))
}

/** @throws CommandError for contradictions */
function optionsOf(context: Context): DeleteOptions {
  const { flags } = context
  let grace = flags.integer('grace-period')
  if (flags.boolean('now')) {
    if (grace !== -1) throw new CommandError('--now and --grace-period cannot be specified together')
    grace = 1
  }
  if (flags.boolean('force') && grace > 0)
    throw new CommandError('--force and --grace-period greater than 0 cannot be specified together')
  if (flags.boolean('force') && grace < 0) grace = 0
  if (grace === 0 && !flags.boolean('force')) grace = 1
  const cascade = { true: 'background', false: 'orphan' }[flags.string('cascade')] ?? flags.string('cascade')
  if (!['background', 'orphan', 'foreground'].includes(cascade)) {
    throw new CommandError(
      `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
    )
  }
  return {
    gracePeriodSeconds: grace,
    force: flags.boolean('force'),
    cascade,
    wait: flags.boolean('wait'),
    timeoutMs: flags.duration('timeout'),
    ignoreNotFound: flags.boolean('ignore-not-found'),
    quiet: false,
  }
}

function* confirm(context: Context, infos: readonly Info[]): Blocking<boolean> {
  const lines = infos.map((info) => `${qualifiedKind(info.type)}/${info.name}\n`).join('')
  yield* context.print(
    `You are about to delete the following ${infos.length} resource(s):\n${lines}Do you want to continue? (y/N): `,
  )
  const answer = ((yield* context.process.read()) ?? '').trim().toLowerCase()
  return answer === 'y' || answer === 'yes'
}

/** Deletes each object, then waits for each. What fails is added to `errors`. */
export function* deleteAll(
  context: Context,
  infos: readonly Info[],
  options: DeleteOptions,
  errors: Error[],
): Blocking<void> {
  const deleted: { info: Info; uid: string | undefined }[] = []
  for (const info of infos) {
    try {
      const answer = yield* deleteOne(context, info, options)
      deleted.push({ info, uid: answer?.details?.uid ?? answer?.metadata?.uid })
      if (!options.quiet) yield* sayDeleted(context, info, options)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof CommandError)) throw error
      if (options.ignoreNotFound && error instanceof StatusError && error.reason === 'NotFound') continue
      errors.push(whileDoing('deleting', info.source, error))
    }
  }
  if (!options.wait || context.dryRun !== 'none' || errors.length > 0) return
  const untilMs = options.timeoutMs > 0 ? context.process.now() + options.timeoutMs : Infinity
  for (const { info, uid } of deleted) yield* waitUntilGone(context, info, uid, untilMs)
}

function* deleteOne(context: Context, info: Info, options: DeleteOptions): Blocking<KubeObject> {
  if (context.dryRun === 'client') return info.object
  const policies: Record<string, string> = {
    background: 'Background',
    orphan: 'Orphan',
    foreground: 'Foreground',
  }
  const body = {
    ...(options.gracePeriodSeconds >= 0 ? { gracePeriodSeconds: options.gracePeriodSeconds } : {}),
    propagationPolicy: policies[options.cascade],
    ...(context.dryRun === 'server' ? { dryRun: ['All'] } : {}),
  }
  return yield* context.api.send('DELETE', objectPath(info), {}, body, { accept: 'application/json' })
}

function* sayDeleted(context: Context, info: Info, options: DeleteOptions): Blocking<void> {
  if (context.flags.has('output') && context.flags.string('output') === 'name')
    return yield* context.printLine(`${qualifiedKind(info.type)}/${info.name}`)
  const verb = options.gracePeriodSeconds === 0 ? 'force deleted' : 'deleted'
  const where = info.type.namespaced && info.namespace ? ` from ${info.namespace} namespace` : ''
  yield* context.printLine(
    `${qualifiedKind(info.type)} "${info.name}" ${verb}${where}${context.dryRunSuffix}`,
  )
}

/** Looks once, then watches until the object with this UID is gone. @throws CommandError when the time is over */
export function* waitUntilGone(
  context: Context,
  info: Info,
  uid: string | undefined,
  untilMs: number,
): Blocking<void> {
  const current = yield* getIfThere(context, info)
  if (!current || (uid !== undefined && current.metadata.uid !== uid)) return
  for (;;) {
    const stream = context.api.stream(
      pathOf(info.type, info.namespace || undefined),
      watchByName(info.name, context),
      'application/json',
    )
    try {
      for (let event = yield* stream.event(untilMs); event; event = yield* stream.event(untilMs)) {
        if (event.type === 'DELETED') return
        if (event.type === 'BOOKMARK' && !(yield* getIfThere(context, info))) return
        if (
          event.object?.metadata?.name === info.name &&
          uid !== undefined &&
          event.object.metadata.uid !== uid
        )
          return
      }
    } finally {
      stream.close()
    }
    if (context.process.now() >= untilMs) {
      throw new CommandError(`timed out waiting for the condition on ${info.type.plural}/${info.name}`)
    }
    if (!(yield* getIfThere(context, info))) return
  }
}

/** The query of a watch on one object that begins with how it is. */
export function watchByName(name: string, context: Context): Record<string, string> {
  return {
    allowWatchBookmarks: 'true',
    fieldSelector: `metadata.name=${name}`,
    resourceVersionMatch: 'NotOlderThan',
    sendInitialEvents: 'true',
    timeoutSeconds: String(
      300 + Math.floor(context.process.machine.simulation.random('kubectl').next() * 300),
    ),
    watch: 'true',
  }
}
