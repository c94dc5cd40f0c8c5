import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError } from '../errors.ts'
import { decodeYaml, YamlError } from '../resources/yaml-decode.ts'
import { goJson } from '../printers/json.ts'
import { objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'

/** Where `kubectl apply` keeps what it last applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The object without what apply remembered of it. */
export function withoutLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** The object as it is sent by apply: with itself, as JSON on one line, in an annotation. */
export function withLastApplied(object: KubeObject): KubeObject {
  const bare = withoutLastApplied(object)
  const annotations = { ...bare.metadata.annotations, [LAST_APPLIED]: `${goJson(bare)}\n` }
  return { ...bare, metadata: { ...bare.metadata, annotations } }
}

/** POSTs an object to its collection. */
export function* createObject(
  context: Context,
  info: Info,
  object: KubeObject,
  validation = 'Strict',
): Blocking<KubeObject> {
  const query = context.writeQuery({ fieldValidation: validation || undefined })
  return yield* context.api.send('POST', pathOf(info.type, info.namespace), query, object, {
    accept: 'application/json',
  })
}

/** The object as the server has it, undefined when it is not there. */
export function* getIfThere(context: Context, info: Info): Blocking<KubeObject | undefined> {
  try {
    return yield* context.api.get(objectPath(info), {}, 'application/json')
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'NotFound') return undefined
    throw error
  }
}

/** The `fieldValidation` that `--validate` asks for. @throws CommandError for another word */
export function fieldValidation(context: Context): string {
  const value = context.flags.string('validate')
  const known = { strict: 'Strict', true: 'Strict', warn: 'Warn', ignore: 'Ignore', false: 'Ignore' }[value]
  if (known === undefined)
    throw new CommandError(
      `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
    )
  return known
}

/** What `--overrides` lays over an object. @throws CommandError when it is no object */
export function overridesOf(text: string): Readonly<Record<string, unknown>> {
  const invalid = new CommandError('Invalid JSON Patch')
  try {
    const patch = decodeYaml(text)
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) throw invalid
    return patch as Readonly<Record<string, unknown>>
  } catch (error) {
    throw error instanceof YamlError ? invalid : error
  }
}

/** A number on the command line as Go's `strconv.Atoi` takes it. @throws CommandError with Go's words */
export function atoi(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}
