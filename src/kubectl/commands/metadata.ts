import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import {
  ALL,
  ALL_NAMESPACES,
  command,
  DRY_RUN,
  FIELD_SELECTOR,
  fieldManager,
  FILENAME_FLAGS,
  PRINT_FLAGS,
  SELECTOR,
  type Command,
} from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import { fetchNamed, objectPath, scopeOf } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { lateReporter, reporter } from './results.ts'

/** `label` and `annotate`: the same command on two maps of the metadata. */
function metadataCommand(
  noun: 'label' | 'annotation',
  name: string,
  field: 'labels' | 'annotations',
): Command {
  return command({
    name,
    group: 'Settings Commands',
    short: `Set or remove ${noun}s of objects`,
    examples: [
      `kubectl ${name} pods web tier=front`,
      `kubectl ${name} pods web tier-`,
      `kubectl ${name} --overwrite svc web tier=back`,
    ],
    usage:
      '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
    flags: [
      ...FILENAME_FLAGS,
      ...PRINT_FLAGS,
      DRY_RUN,
      SELECTOR,
      FIELD_SELECTOR,
      ALL,
      ALL_NAMESPACES,
      fieldManager(`kubectl-${name}`),
      { name: 'overwrite', type: 'boolean', default: false, help: 'Change values that are there already.' },
      { name: 'list', type: 'boolean', default: false, help: `Show the ${noun}s.` },
      {
        name: 'local',
        type: 'boolean',
        default: false,
        help: 'Do not ask the server: change the manifest and print it.',
      },
      {
        name: 'resource-version',
        type: 'string',
        default: '',
        help: 'Only if the object is still of this version.',
      },
    ],
    completeArgs: completeTypesAndNames,
    run: (context) => runMetadata(context, noun, field),
  })
}

export const label = metadataCommand('label', 'label', 'labels')
export const annotate = metadataCommand('annotation', 'annotate', 'annotations')

function* runMetadata(
  context: Context,
  noun: 'label' | 'annotation',
  field: 'labels' | 'annotations',
): Blocking<void> {
  if (noun === 'annotation') void reporter(context)
  const { resources, pairs } = splitArguments(context.args)
  const fromFiles = context.flags.list('filename').length > 0
  if (resources.length < 1 && !fromFiles)
    throw new CommandError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    )
  if (pairs.length < 1 && !context.flags.boolean('list'))
    throw new CommandError(`at least one ${noun} update is required`)
  if (noun === 'label' && context.flags.boolean('list') && context.flags.string('output') !== '')
    throw new CommandError('--list and --output may not be specified together')
  const changes = readChanges(pairs, noun)
  const { infos, errors } = yield* fetchNamed(context, { args: resources })
  const { selector, all } = scopeOf(context)
  const one = infos.length === 1 && selector === '' && !all
  if (context.flags.string('resource-version') !== '' && !one)
    throw new CommandError('--resource-version may only be used with a single resource')
  const report = noun === 'label' ? lateReporter(context, { alone: true }) : reporter(context)
  for (const info of infos) {
    try {
      if (context.flags.boolean('list')) yield* listMap(context, info, field, infos.length > 1, changes)
      else yield* change(context, info, changes, noun, field, report)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof CommandError)) throw error
      errors.push(error)
    }
  }
  throwAll(errors)
}

/** Names of objects come first; from the first KEY=VALUE or KEY- on there are changes. */
function splitArguments(args: readonly string[]): { resources: string[]; pairs: string[] } {
  const first = args.findIndex((arg) => (arg.includes('=') && !arg.startsWith('=')) || arg.endsWith('-'))
  return first < 0
    ? { resources: [...args], pairs: [] }
    : { resources: args.slice(0, first), pairs: args.slice(first) }
}

interface Changes {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

function readChanges(pairs: readonly string[], noun: string): Changes {
  const set = new Map<string, string>()
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals > 0) {
      const [key, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
      if (noun === 'label') checkLabelValue(pair, value)
      set.set(key, value)
    } else if (pair.endsWith('-')) remove.push(pair.slice(0, -1))
    else
      throw new CommandError(
        noun === 'label' ? `unknown label spec: ${pair}` : `invalid annotation format: ${pair}`,
      )
  }
  if (remove.some((key) => set.has(key)))
    throw new CommandError(
      `can not both modify and remove ${noun === 'label' ? 'a label' : 'an annotation'} in the same command`,
    )
  return { set, remove }
}

function checkLabelValue(pair: string, value: string): void {
  if (value.length > 63)
    throw new CommandError(`invalid label value: ${JSON.stringify(pair)}: must be no more than 63 characters`)
  if (/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value)) return
  throw new CommandError(
    `invalid label value: ${JSON.stringify(pair)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  )
}

function* listMap(
  context: Context,
  info: Info,
  field: string,
  several: boolean,
  changes: Changes,
): Blocking<void> {
  const map: Record<string, string> = { ...info.object.metadata[field], ...Object.fromEntries(changes.set) }
  for (const key of changes.remove) delete map[key]
  if (several)
    yield* context.printLine(`Listing ${field} for ${info.type.kind}.${info.type.group}/${info.name}:`)
  for (const [key, value] of Object.entries(map))
    yield* context.printLine(`${several ? ' ' : ''}${key}=${value}`)
}

function* change(
  context: Context,
  info: Info,
  changes: Changes,
  noun: string,
  field: string,
  report: ReturnType<typeof reporter>,
): Blocking<void> {
  const have: Record<string, string> = info.object.metadata[field] ?? {}
  if (!context.flags.boolean('overwrite')) checkOverwrite([...changes.set], have, noun)
  if (noun === 'label' && !/yaml|json|template/.test(context.flags.string('output'))) {
    for (const key of changes.remove)
      if (!Object.hasOwn(have, key)) yield* context.printLine(`label "${key}" not found.`)
  }
  const next: Record<string, string> = { ...have, ...Object.fromEntries(changes.set) }
  for (const key of changes.remove) delete next[key]
  const changed = JSON.stringify(Object.entries(have).sort()) !== JSON.stringify(Object.entries(next).sort())
  const operation = noun === 'annotation' ? 'annotated' : labelOperation(have, next, changed)
  const result = { ...info.object, metadata: { ...info.object.metadata, [field]: next } }
  if (context.dryRun === 'client' || context.flags.boolean('local'))
    return yield* report(result, operation, info.type)
  if (noun === 'label' && !changed) return yield* report(info.object, operation, info.type)
  yield* report(yield* send(context, info, changes, have, field, changed), operation, info.type)
}

function checkOverwrite(
  pairs: readonly (readonly [string, string])[],
  have: Record<string, string>,
  noun: string,
): void {
  const taken = pairs.filter(([key, value]) => Object.hasOwn(have, key) && have[key] !== value)
  if (taken.length === 0) return
  if (noun === 'annotation') {
    const list = taken.map(([key]) => `'${key}' already has a value (${have[key]})`).join('; ')
    throw new CommandError(`--overwrite is false but found the following declared annotation(s): ${list}`)
  }
  const messages = taken.map(
    ([key]) => `'${key}' already has a value (${have[key]}), and --overwrite is false`,
  )
  throw new CommandError(messages.length === 1 ? messages[0]! : `[${messages.join(', ')}]`)
}

function labelOperation(
  have: Record<string, string>,
  next: Record<string, string>,
  changed: boolean,
): string {
  if (!changed) return 'not labeled'
  return Object.keys(next).some((key) => next[key] !== have[key]) ? 'labeled' : 'unlabeled'
}

function* send(
  context: Context,
  info: Info,
  changes: Changes,
  have: Record<string, string>,
  field: string,
  changed: boolean,
): Blocking<KubeObject> {
  const values: Record<string, string | null> = {}
  for (const [key, value] of changes.set) if (have[key] !== value) values[key] = value
  for (const key of changes.remove) if (Object.hasOwn(have, key)) values[key] = null
  const version = context.flags.string('resource-version')
  const metadata = {
    ...(changed ? { [field]: values } : {}),
    ...(version ? { resourceVersion: version } : {}),
  }
  const patch = Object.keys(metadata).length > 0 ? { metadata } : {}
  return yield* context.api.send('PATCH', objectPath(info), context.writeQuery(), patch, {
    contentType: 'application/merge-patch+json',
    accept: 'application/json',
  })
}
