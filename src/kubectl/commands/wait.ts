import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { ALL, ALL_NAMESPACES, command, FIELD_SELECTOR, FILENAME_FLAGS, OUTPUT, SELECTOR } from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import { parseJsonPath } from '../printers/jsonpath-parse.ts'
import { findJsonPath, relaxedPath } from '../printers/jsonpath.ts'
import { fetchNamed, isNotFound, namedBy, objectPath, scopeOf } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { watchByName, waitUntilGone } from './delete.ts'
import { reporter } from './results.ts'
import { getIfThere } from './write.ts'

export const wait = command({
  name: 'wait',
  group: 'Advanced Commands',
  short: 'Wait until a condition holds',
  examples: [
    'kubectl wait --for=condition=Ready pod/web-0',
    "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web-0",
    'kubectl wait --for=delete pod/web-0 --timeout=60s',
  ],
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    FIELD_SELECTOR,
    ALL,
    ALL_NAMESPACES,
    OUTPUT,
    {
      name: 'for',
      type: 'array',
      default: [],
      help: "create, delete, condition=NAME[=VALUE], or jsonpath='{PATH}'[=VALUE].",
    },
    {
      name: 'timeout',
      type: 'duration',
      default: 30_000,
      help: 'How long to wait; 0 looks once, less waits a week.',
    },
    { name: 'local', type: 'boolean', default: false, help: 'Accepted.' },
    { name: 'template', type: 'string', default: '', help: 'Template for -o.' },
    {
      name: 'show-managed-fields',
      type: 'boolean',
      default: false,
      help: 'Keep metadata.managedFields in the output.',
    },
    {
      name: 'allow-missing-template-keys',
      type: 'boolean',
      default: true,
      help: 'Ignore missing fields in templates.',
    },
  ],
  completeArgs: completeTypesAndNames,
  run: runWait,
})

/** Whether an object is as wanted. */
type Condition = 'delete' | 'create' | ((object: KubeObject) => boolean)

function parseCondition(words: readonly string[]): Condition {
  if (words.length === 0) throw new CommandError('unrecognized condition: []')
  const text = words.at(-1)!
  if (text.toLowerCase() === 'delete' || text.toLowerCase() === 'create')
    return text.toLowerCase() as 'delete' | 'create'
  if (text.startsWith('condition=')) {
    const [name = '', wanted = 'true'] = text.slice('condition='.length).split('=')
    return (object) => conditionHolds(object, name, wanted)
  }
  if (text.startsWith('jsonpath=')) return jsonPathCondition(text.slice('jsonpath='.length))
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`)
}

/** A condition that speaks of an older generation of the object says nothing yet. */
function conditionHolds(object: KubeObject, name: string, wanted: string): boolean {
  const found = ((object.status?.conditions ?? []) as KubeObject[]).find(
    (one) => String(one.type).toLowerCase() === name.toLowerCase(),
  )
  if (!found) return false
  const observed = found.observedGeneration ?? object.status?.observedGeneration
  if (observed !== undefined && observed < (object.metadata.generation ?? 0)) return false
  return String(found.status).toLowerCase() === wanted.toLowerCase()
}

function jsonPathCondition(text: string): Condition {
  if (text === '') throw new CommandError('jsonpath expression cannot be empty')
  const [expression = '', wanted, ...more] = splitOutsideBraces(text)
  if (more.length > 0)
    throw new CommandError(
      `jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`,
    )
  const path = relaxedPath(expression)
  parseJsonPath(path)
  if (wanted === '') throw new CommandError('jsonpath wait has to have a value after equal sign')
  return (object) => {
    const values = findJsonPath(path, object)
    if (values.length === 0) return false
    if (values.length > 1) throw new CommandError('given jsonpath expression matches more than one value')
    const [value] = values
    if (wanted === undefined) return true
    if (typeof value === 'object')
      throw new CommandError('jsonpath leads to a nested object or list which is not supported')
    return String(value) === wanted.trim()
  }
}

/** At equals signs that stand outside of braces. */
function splitOutsideBraces(text: string): string[] {
  let depth = 0
  const parts = ['']
  for (const char of text) {
    if (char === '{') depth++
    if (char === '}') depth--
    if (char === '=' && depth === 0) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

function* runWait(context: Context): Blocking<void> {
  const condition = parseCondition(context.flags.list('for'))
  const timeout = context.flags.duration('timeout')
  const untilMs = timeout < 0 ? context.process.now() + 7 * 86_400_000 : context.process.now() + timeout
  const report = reporter(context)
  if (condition === 'create') yield* waitForCreation(context, untilMs)
  const { infos, errors } = yield* fetchNamed(context)
  if (condition === 'delete') {
    if (!errors.every(isNotFound)) throwAll(errors)
  }
  if (infos.length === 0 && errors.length === 0 && condition !== 'delete')
    throw new CommandError('no matching resources found')
  const foreign = scopeOf(context).allNamespaces && context.namespaceExplicit
  const failures = errors.filter((error) => condition !== 'delete' || !isNotFound(error))
  for (const info of infos) {
    try {
      if (foreign && info.type.namespaced)
        throw new CommandError(
          `the namespace from the provided object "${info.namespace}" does not match the namespace "". You must pass '--namespace=${info.namespace}' to perform this operation.`,
        )
      const object =
        timeout === 0 && condition !== 'create'
          ? lookedAt(info, condition)
          : yield* waitForOne(context, info, condition, untilMs)
      yield* report(object, 'condition met', info.type)
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof StatusError)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
}

/** What a timeout of 0 comes to. */
function lookedAt(info: Info, condition: Exclude<Condition, 'create'>): KubeObject {
  if (condition === 'delete' || !condition(info.object))
    throw new CommandError(`condition not met for ${info.type.plural}/${info.name}`)
  return info.object
}

function* waitForOne(
  context: Context,
  info: Info,
  condition: Condition,
  untilMs: number,
): Blocking<KubeObject> {
  if (condition === 'create') return info.object
  if (condition === 'delete') {
    yield* waitUntilGone(context, info, info.object.metadata.uid, untilMs)
    return info.object
  }
  const stream = context.api.stream(
    pathOf(info.type, info.namespace || undefined),
    watchByName(info.name, context),
    'application/json',
  )
  try {
    for (let event = yield* stream.event(untilMs); event; event = yield* stream.event(untilMs)) {
      if (event.type === 'DELETED')
        throw new CommandError(`${info.type.plural} "${info.name}" deleted while waiting`)
      if (event.type !== 'BOOKMARK' && condition(event.object)) return event.object
    }
  } finally {
    stream.close()
  }
  throw new CommandError(`timed out waiting for the condition on ${info.type.plural}/${info.name}`)
}

/** Looks every half second whether what was named is there. */
function* waitForCreation(context: Context, untilMs: number): Blocking<void> {
  const named = yield* namedBy(context)
  if (named === 'files' || named.kind === 'types') return
  for (const { type, name } of named.objects) {
    const info: Info = { type, name, namespace: type.namespaced ? context.namespace : '' }
    void objectPath(info)
    while (!(yield* getIfThere(context, info))) {
      if (context.process.now() >= untilMs) throw new CommandError('timed out waiting for the condition')
      yield* context.process.sleep(500)
    }
  }
}
