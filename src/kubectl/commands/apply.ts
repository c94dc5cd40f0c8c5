import { strategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { ALL, command, DRY_RUN, fieldManager, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from '../command.ts'
import type { Context } from '../context.ts'
import {
  CommandError,
  ConnectionError,
  PlainError,
  StatusError,
  throwAll,
  UsageError,
  whileDoing,
} from '../errors.ts'
import { threeWayMergePatch, threeWayStrategicPatch } from '../patch/three-way.ts'
import { fieldsOf } from '../../api/schema.ts'
import { goJson } from '../printers/json.ts'
import { objectName, printerFor } from '../printers/printer.ts'
import { missingNamespace, objectPath } from '../resources/builder.ts'
import { readManifests, type Info } from '../resources/manifests.ts'
import { applyServerSide } from './apply-server-side.ts'
import { setLastApplied, viewLastApplied } from './apply-last-applied.ts'
import { prune } from './apply-prune.ts'
import { createObject, fieldValidation, getIfThere, LAST_APPLIED, withLastApplied } from './write.ts'

export const apply = command({
  name: 'apply',
  group: 'Advanced Commands',
  short: 'Make the cluster match a manifest',
  long: 'Creates the objects of a manifest, or changes those that are there so that they match it. What was applied is remembered, so that fields taken out of the manifest are taken out of the object.',
  examples: [
    'kubectl apply -f service.yaml',
    'kubectl apply -f manifests/',
    'cat service.yaml | kubectl apply -f -',
    'kubectl apply -f service.yaml --dry-run=server',
  ],
  usage: '(-f FILENAME | -k DIRECTORY) [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    SELECTOR,
    ALL,
    { ...fieldManager('kubectl-client-side-apply') },
    {
      name: 'server-side',
      type: 'boolean',
      default: false,
      help: 'Let the server merge, by who owns which field.',
    },
    {
      name: 'force-conflicts',
      type: 'boolean',
      default: false,
      help: 'With --server-side: take over fields that others own.',
    },
    {
      name: 'force',
      type: 'boolean',
      default: false,
      help: 'Delete and create again what cannot be changed.',
    },
    { name: 'overwrite', type: 'boolean', default: true, help: 'Change fields that others changed since.' },
    {
      name: 'prune',
      type: 'boolean',
      default: false,
      help: 'Delete what was applied before and is in the manifest no more.',
    },
    { name: 'prune-allowlist', type: 'array', default: [], help: 'Types to prune, as group/version/Kind.' },
    {
      name: 'validate',
      type: 'string',
      default: 'strict',
      bare: 'strict',
      values: ['strict', 'warn', 'ignore'],
      help: 'What to do about unknown fields.',
    },
    {
      name: 'openapi-patch',
      type: 'boolean',
      default: true,
      help: 'Accepted: merge keys come from the schema.',
    },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      bare: 'background',
      values: ['background', 'orphan', 'foreground'],
      help: 'How to delete dependents.',
    },
    { name: 'grace-period', type: 'integer', default: -1, help: 'Seconds an object has to end.' },
    { name: 'timeout', type: 'duration', default: 0, help: 'How long to wait for deletions.' },
    { name: 'wait', type: 'boolean', default: false, help: 'Wait for deletions.' },
  ],
  subcommands: [viewLastApplied, setLastApplied],
  run: runApply,
})

function* runApply(context: Context): Blocking<void> {
  if (context.args.length > 0) throw new UsageError(`Unexpected args: [${context.args.join(' ')}]`)
  if (context.flags.list('filename').length === 0 && context.flags.string('kustomize') === '')
    throw new CommandError('must specify one of -f and -k')
  const serverSide = context.flags.boolean('server-side')
  if (context.flags.boolean('force') && serverSide)
    throw new CommandError('--force cannot be used with --server-side')
  if (context.flags.boolean('force-conflicts') && !serverSide)
    throw new CommandError('--force-conflicts only works with --server-side')
  if (context.dryRun === 'client' && serverSide)
    throw new CommandError(
      "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
    )
  if (
    context.flags.boolean('prune') &&
    context.flags.string('selector') === '' &&
    !context.flags.boolean('all')
  ) {
    throw new CommandError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
  }
  const printer = printerFor(context, { nameOf: objectName })
  const validation = fieldValidation(context)
  const { infos, errors } = yield* readManifests(context, { validate: validation !== 'Ignore' })
  if (infos.length === 0 && errors.length === 0) throw new CommandError('no objects passed to apply')
  const printed: KubeObject[] = []
  const applied: Info[] = []
  for (const info of infos) {
    try {
      const { object, operation } = serverSide
        ? yield* applyServerSide(context, info, validation)
        : yield* applyOne(context, info, validation)
      applied.push({ ...info, object })
      if (!printer) yield* context.printLine(`${objectName(object)} ${operation}${context.dryRunSuffix}`)
      else if (printer.format === 'name') yield* context.print(printer.print(object))
      else printed.push(object)
    } catch (error) {
      if (!(
        error instanceof CommandError ||
        error instanceof StatusError ||
        error instanceof PlainError ||
        error instanceof ConnectionError
      ))
        throw error
      errors.push(error)
    }
  }
  if (context.flags.boolean('prune') && errors.length === 0) yield* prune(context, applied)
  if (printer && printed.length === 1) yield* context.print(printer.print(printed[0]))
  else if (printer && printed.length > 1) {
    yield* context.print(printer.print({ apiVersion: 'v1', items: printed, kind: 'List', metadata: {} }))
  }
  throwAll(errors)
}

interface Applied {
  readonly object: KubeObject
  readonly operation: string
}

function* applyOne(context: Context, info: Info, validation: string): Blocking<Applied> {
  if (info.name === '' && info.object.metadata?.generateName) {
    throw new CommandError(`from ${info.object.metadata.generateName}: cannot use generate name with apply`)
  }
  const modified = withLastApplied(info.object)
  const current = yield* currentOf(context, info)
  if (!current) {
    if (context.dryRun === 'client') return { object: modified, operation: 'created' }
    yield* missingNamespace(context, info)
    try {
      return { object: yield* createObject(context, info, modified, validation), operation: 'created' }
    } catch (error) {
      throw whileDoing('creating', info.source, error)
    }
  }
  if (!current.metadata.annotations?.[LAST_APPLIED]) yield* context.printError(missingAnnotation(info))
  const patch = patchFor(info, current, modified)
  if (Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' }
  if (context.dryRun === 'client')
    return { object: patchedLocally(info, current, patch), operation: 'configured' }
  return { object: yield* sendPatch(context, info, patch, modified, validation), operation: 'configured' }
}

const patchedLocally = (info: Info, current: KubeObject, patch: KubeObject): KubeObject =>
  fieldsOf(info.type.kind)
    ? strategicMergePatch(info.type.kind, current, patch)
    : (mergePatch(current, patch) as KubeObject)

function missingAnnotation(info: Info): string {
  return `Warning: resource ${info.type.plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`
}

function* currentOf(context: Context, info: Info): Blocking<KubeObject | undefined> {
  try {
    return yield* getIfThere(context, info)
  } catch (error) {
    if (error instanceof ConnectionError) throw error
    const message = `error when retrieving current configuration of:\n${describeInfo(info)}\nfrom server for: "${info.source}": ${(error as Error).message}`
    throw error instanceof StatusError
      ? new StatusError({ ...error.status, message })
      : new CommandError(message)
  }
}

export function describeInfo(info: Info): string {
  const resource = `${info.type.group}/${info.type.version}, Resource=${info.type.plural}`
  const kind = `${info.type.group}/${info.type.version}, Kind=${info.type.kind}`
  return `Resource: "${resource}", GroupVersionKind: "${kind}"\nName: "${info.name}", Namespace: "${info.namespace}"`
}

/** What brings the current object to the modified one, given what was applied before. */
export function patchFor(info: Info, current: KubeObject, modified: KubeObject): KubeObject {
  const original = JSON.parse(current.metadata.annotations?.[LAST_APPLIED] ?? '{}') as KubeObject
  if (!fieldsOf(info.type.kind)) return threeWayMergePatch(original, modified, current)
  return threeWayStrategicPatch(info.type.kind, original, modified, current)
}

function* sendPatch(
  context: Context,
  info: Info,
  patch: KubeObject,
  modified: KubeObject,
  validation: string,
): Blocking<KubeObject> {
  const contentType = fieldsOf(info.type.kind)
    ? 'application/strategic-merge-patch+json'
    : 'application/merge-patch+json'
  try {
    return yield* context.api.send(
      'PATCH',
      objectPath(info),
      context.writeQuery({ fieldValidation: validation }),
      patch,
      { contentType, accept: 'application/json' },
    )
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (context.flags.boolean('force') && (error.reason === 'Conflict' || error.reason === 'Invalid'))
      return yield* recreate(context, info, modified, validation)
    const message = `error when applying patch:\n${goJson(patch)}\nto:\n${describeInfo(info)}\nfor: "${info.source}": error when patching "${info.source}": ${error.message}`
    throw new StatusError({ ...error.status, message })
  }
}

function* recreate(
  context: Context,
  info: Info,
  modified: KubeObject,
  validation: string,
): Blocking<KubeObject> {
  yield* context.api.send('DELETE', objectPath(info), {}, { propagationPolicy: 'Background' })
  for (let tries = 0; tries < 60 && (yield* getIfThere(context, info)); tries++)
    yield* context.process.sleep(1000)
  return yield* createObject(context, info, modified, validation)
}
