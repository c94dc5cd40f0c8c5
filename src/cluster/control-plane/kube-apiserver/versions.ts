import type { Conversion } from '../../../api/kind.ts'
import { isObject, type JsonObject } from '../../../api/objects.ts'
import { apiVersionOf, type KubernetesObject } from '../../../api/resource.ts'
import type { Answer, StreamSink, WatchEvent } from '../../../api/wire.ts'
import type { ResourceCall } from './context.ts'
import { decodeBody } from './decode.ts'
import { writeOptions } from './options.ts'
import { existing } from './verbs/get.ts'
import { APPLY_PATCH, mediaType, patchedObject } from './verbs/patch.ts'

/**
 * A call to a version of a kind that is stored as another: the call as the stored version would be asked, and its
 * answer in the words of the version that was asked for. A patch is made on the shape that its client knows.
 * @throws StatusError
 */
export function serveConverted(
  call: ResourceCall,
  conversion: Conversion<KubernetesObject>,
  serve: (call: ResourceCall) => Answer,
): Answer {
  const { kind, request, info } = call
  const inner: ResourceCall = { ...call, kind: conversion.stored }
  if (info.verb !== 'create' && info.verb !== 'update' && info.verb !== 'patch')
    return shown(call, conversion, serve(inner))
  const isMerged = info.verb === 'patch' && mediaType(request) !== APPLY_PATCH
  const { fieldValidation } = writeOptions(request, isMerged ? 'PatchOptions' : 'UpdateOptions')
  const given = isMerged
    ? patchedObject(call, kind.definition, conversion.fromStored(existing(inner)), fieldValidation)
    : decodeBody(call, kind, fieldValidation)
  const body = conversion.toStored(given)
  const written: ResourceCall = isMerged
    ? { ...inner, info: { ...info, verb: 'update' }, request: { ...request, body } }
    : { ...inner, request: { ...request, body } }
  return shown(call, conversion, serve(written))
}

/** The answer with its objects converted: one, a list, a table's rows, or the events of a watch. */
function shown({ kind }: ResourceCall, conversion: Conversion<KubernetesObject>, answer: Answer): Answer {
  const { stored } = conversion
  const apiVersion = apiVersionOf(kind)
  const convert = (value: unknown): unknown => {
    if (!isObject(value)) return value
    if (value['kind'] === `${stored.kind}List`)
      return { ...value, apiVersion, items: (value['items'] as readonly unknown[]).map(convert) }
    if (value['kind'] === 'Table') return withRows(value, convert)
    return value['kind'] === stored.kind ? conversion.fromStored(value as KubernetesObject) : value
  }
  if (answer.kind === 'response')
    return { ...answer, response: { ...answer.response, body: convert(answer.response.body) } }
  if (answer.kind !== 'stream') return answer
  return {
    ...answer,
    start: (sink: StreamSink) =>
      answer.start({
        end: () => sink.end(),
        chunk: (value) => {
          const event = value as WatchEvent
          sink.chunk({ ...event, object: convert(event.object) })
        },
      }),
  }
}

const withRows = (table: JsonObject, convert: (value: unknown) => unknown): JsonObject => ({
  ...table,
  rows: (table['rows'] as readonly JsonObject[]).map((row) => ({ ...row, object: convert(row['object']) })),
})
