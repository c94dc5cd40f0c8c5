import { isObject, type JsonObject } from '../../../api/objects.ts'
import { apiVersionOf, type KubernetesObject } from '../../../api/resource.ts'
import { decode, DecodeError } from '../../../api/schema.ts'
import { badRequest, StatusError } from '../../../api/status.ts'
import type { ApiRequest } from '../../../api/wire.ts'
import type { Call } from './context.ts'
import type { FieldValidation } from './options.ts'

/** The type that a body must have. */
export interface Expected {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly definition: string
}

const unique = (texts: readonly string[]) => [...new Set(texts)]

export const strictError = (unknown: readonly string[]): string =>
  `strict decoding error: ${unique(unknown)
    .map((path) => `unknown field "${path}"`)
    .join(', ')}`

/**
 * The body as an object of the expected type, without what the type does not know.
 * @param stored what is stored under that name: what the body shares with it is not looked at again
 * @throws StatusError BadRequest, worded as the real decoder does.
 */
export function decodeBody(
  call: Call,
  expected: Expected,
  validation: FieldValidation,
  stored?: KubernetesObject,
): KubernetesObject {
  const body = bodyOf(call.request, expected.kind)
  const apiVersion = apiVersionOf(expected)
  if (
    typeof body['apiVersion'] === 'string' &&
    body['apiVersion'] !== apiVersion &&
    body['apiVersion'] !== ''
  ) {
    throw new StatusError(
      badRequest(
        `the API version in the data (${body['apiVersion']}) does not match the expected API version (${apiVersion})`,
      ),
    )
  }
  const kind = body['kind'] === undefined || body['kind'] === '' ? expected.kind : body['kind']
  const cannot = (why: string) =>
    new StatusError(
      badRequest(
        `${String(kind)} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${why}`,
      ),
    )
  if (kind !== expected.kind) {
    throw cannot(
      `converting (${expected.version}.${String(kind)}) to (${expected.version}.${expected.kind}): unknown conversion`,
    )
  }
  const { value, unknown } = decodeOr(expected.definition, body, stored, cannot)
  if (unknown.length > 0 && validation === 'Strict') throw cannot(strictError(unknown))
  if (unknown.length > 0 && validation === 'Warn')
    call.warnings.push(...unique(unknown).map((path) => `unknown field "${path}"`))
  if (value['apiVersion'] === apiVersion && value['kind'] === kind) return value
  return { ...value, apiVersion, kind: expected.kind }
}

function decodeOr(
  definition: string,
  body: JsonObject,
  stored: KubernetesObject | undefined,
  cannot: (why: string) => StatusError,
) {
  try {
    return decode(definition, body, stored as JsonObject | undefined)
  } catch (error) {
    if (error instanceof DecodeError) throw cannot(error.message)
    throw error
  }
}

/** The body as a JSON object. @throws StatusError BadRequest */
export function bodyOf(request: ApiRequest, kind: string): JsonObject {
  const unrecognized = (why: string) =>
    new StatusError(
      badRequest(
        `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why}`,
      ),
    )
  if (request.undecodable) throw unrecognized(request.undecodable.error)
  if (request.body === undefined || request.body === null) throw unrecognized('unexpected end of JSON input')
  if (!isObject(request.body)) {
    const type = Array.isArray(request.body)
      ? 'array'
      : typeof request.body === 'boolean'
        ? 'bool'
        : typeof request.body
    throw unrecognized(
      `json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  }
  return request.body
}
