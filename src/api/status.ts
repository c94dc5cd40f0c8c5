import { aggregate, causeReason, type FieldError } from './field-errors.ts'
import type { Status, StatusDetails } from './generated/types.ts'
import type { Resource } from './resource.ts'

type Named = Pick<Resource, 'group' | 'plural'>

/** Thrown by whatever handles a request; becomes the answer. Never leaves the API server. */
export class StatusError extends Error {
  readonly status: Status

  constructor(status: Status) {
    super(status.message)
    this.status = status
  }
}

/** A failure as the server says it. Use the functions below: they know the wording. */
export function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details ? { details } : {}),
    code,
  }
}

/** `services`, `deployments.apps`. */
const qualified = ({ group, plural }: Named): string => (group === '' ? plural : `${plural}.${group}`)

function detailsOf(resource: Named, name: string, more: Partial<StatusDetails> = {}): StatusDetails {
  return {
    ...(name ? { name } : {}),
    ...(resource.group ? { group: resource.group } : {}),
    kind: resource.plural,
    ...more,
  }
}

export const notFound = (resource: Named, name: string): Status =>
  failure(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name))

/** For a path that leads nowhere. */
export const noSuchPath = (): Status =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (resource: Named, name: string): Status =>
  failure(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name))

export const conflict = (resource: Named, name: string, why: string): Status =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  )

export const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again'

export const forbidden = (resource: Named, name: string, why: string): Status =>
  failure(
    403,
    'Forbidden',
    `${qualified(resource)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    detailsOf(resource, name),
  )

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message)

export const internalError = (message: string): Status =>
  failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

export const methodNotAllowed = (): Status =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const unsupportedMediaType = (accepted: readonly string[]): Status =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const notAcceptable = (accepted: readonly string[]): Status =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

/** The revision asked for is compacted away. */
export const expired = (message: string): Status => failure(410, 'Expired', message)

export const tooManyRequests = (message: string, details: StatusDetails): Status =>
  failure(429, 'TooManyRequests', message, details)

/** 422 with a cause per fault. */
export function invalid(
  resource: Pick<Resource, 'group' | 'kind'>,
  name: string,
  errors: readonly FieldError[],
): Status {
  const kind = resource.group ? `${resource.kind}.${resource.group}` : resource.kind
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${aggregate(errors)}`, {
    ...(name ? { name } : {}),
    ...(resource.group ? { group: resource.group } : {}),
    ...(resource.kind ? { kind: resource.kind } : {}),
    causes: errors.map((error) => ({ reason: causeReason(error), message: error.body, field: error.field })),
  })
}
