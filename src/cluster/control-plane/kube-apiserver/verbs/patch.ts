import { FieldErrors } from '../../../../api/field-errors.ts'
import { isObject, type JsonObject } from '../../../../api/objects.ts'
import { jsonPatch, PatchDecodeError, PatchError } from '../../../../api/patch/json-patch.ts'
import { mergePatch } from '../../../../api/patch/merge-patch.ts'
import { strategicMergePatch } from '../../../../api/patch/strategic-merge-patch.ts'
import type { KubernetesObject } from '../../../../api/resource.ts'
import { decode, DecodeError } from '../../../../api/schema.ts'
import { badRequest, failure, invalid, StatusError, unsupportedMediaType } from '../../../../api/status.ts'
import type { Answer, ApiRequest } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { strictError } from '../decode.ts'
import { withManagedFields } from '../managed-fields/managed-fields.ts'
import { writeOptions, type FieldValidation } from '../options.ts'
import { respondObject } from '../respond.ts'
import { updateObject, type UpdateScope } from '../write.ts'
import { apply } from './apply.ts'
import { existing } from './get.ts'
import { checkIdentity } from './update.ts'

const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json'
export const APPLY_PATCH = 'application/apply-patch+yaml'
const SET_ORDER = '$setElementOrder/'
const ACCEPTED = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH]

export function patch(call: ResourceCall, scope: UpdateScope = 'object'): Answer {
  if (mediaType(call.request) === APPLY_PATCH) return apply(call, scope)
  const options = writeOptions(call.request, 'PatchOptions')
  const old = existing(call)
  const shown = mentionsManagedFields(call.request.body) ? withManagedFields(old) : old
  const next = patchedObject(call, call.kind.definition, shown, options.fieldValidation)
  checkIdentity(call, next)
  return respondObject(call, 200, updateObject(call, old, next, options, scope))
}

/** The object with the request's patch applied, decoded anew. @throws StatusError */
export function patchedObject(
  call: ResourceCall,
  definition: string,
  old: KubernetesObject,
  validation: FieldValidation,
): KubernetesObject {
  const { request } = call
  const patched = applied(request, definition, old as unknown as JsonObject)
  const type = mediaType(request)
  const shown = () => (type === STRATEGIC_MERGE_PATCH ? goMap(request.body) : JSON.stringify(patched))
  if (!isObject(patched))
    throw invalidPatch(shown(), 'json: cannot unmarshal patched value into Go value of an object')
  try {
    const { value, unknown } = decode(definition, patched, old as unknown as JsonObject)
    if (unknown.length > 0 && validation === 'Strict') throw invalidPatch(shown(), strictError(unknown))
    if (unknown.length > 0 && validation === 'Warn')
      call.warnings.push(...unknown.map((path) => `unknown field "${path}"`))
    return value
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw invalidPatch(shown(), type === STRATEGIC_MERGE_PATCH ? unstructured(error.message) : error.message)
  }
}

/** Only a patch of the managed fields themselves needs to see them. */
function mentionsManagedFields(body: unknown): boolean {
  if (Array.isArray(body)) {
    return body.some((step) => isObject(step) && String(step['path']).startsWith('/metadata/managedFields'))
  }
  const metadata = isObject(body) ? body['metadata'] : undefined
  return isObject(metadata) && metadata['managedFields'] !== undefined
}

export const mediaType = (request: ApiRequest): string => (request.contentType ?? '').split(';')[0]!.trim()

function applied(request: ApiRequest, definition: string, old: JsonObject): unknown {
  const type = mediaType(request)
  if (!ACCEPTED.includes(type)) throw new StatusError(unsupportedMediaType(ACCEPTED))
  if (request.undecodable) throw new StatusError(badRequest(request.undecodable.error))
  const body = request.body
  try {
    if (type === JSON_PATCH) return jsonPatch(old, body)
    if (type === MERGE_PATCH) return mergePatch(old, body)
    if (!isObject(body))
      throw new StatusError(
        badRequest(
          `json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type map[string]interface {}`,
        ),
      )
    return strategicMergePatch(definition, old, body)
  } catch (error) {
    if (error instanceof PatchDecodeError)
      throw new StatusError(badRequest(`error decoding patch: ${error.message}`))
    if (!(error instanceof PatchError)) throw error
    if (type === JSON_PATCH)
      throw new StatusError(
        failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}),
      )
    throw new StatusError(badRequest(error.message))
  }
}

function invalidPatch(value: string, message: string): StatusError {
  const errors = new FieldErrors()
  errors.invalid('patch', value, message)
  return new StatusError(invalid({ group: '', kind: '' }, '', errors.list))
}

/** A patch as Go prints a map. The lists whose order it sets are gone: the merge takes them out of the patch. */
function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`
  if (!isObject(value)) return value === null ? '<nil>' : String(value)
  const entries = Object.keys(value)
    .filter((key) => !key.startsWith(SET_ORDER) && value[`${SET_ORDER}${key}`] === undefined)
    .sort()
    .map((key) => `${key}:${goMap(value[key])}`)
  return `map[${entries.join(' ')}]`
}

/** The converter of merged maps names the wanted type alone. */
function unstructured(message: string): string {
  const type = /of type (\S+)$/.exec(message)?.[1]
  return type ? `unrecognized type: ${type}` : message
}
