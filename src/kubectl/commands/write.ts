import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { StatusError } from '../errors.ts'
import { goJson } from '../printers/json.ts'
import { objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'

/** Where `kubectl apply` keeps what it last applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The object as it is sent by apply: with itself, as JSON on one line, in an annotation. */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {}
  const bare = { ...object, metadata: { ...object.metadata, annotations } }
  return {
    ...bare,
    metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: `${goJson(bare)}\n` } },
  }
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

/** The `fieldValidation` that `--validate` asks for. */
export function fieldValidation(context: Context): string {
  const value = context.flags.string('validate')
  return (
    { strict: 'Strict', true: 'Strict', warn: 'Warn', ignore: 'Ignore', false: 'Ignore' }[value] ?? 'Strict'
  )
}
