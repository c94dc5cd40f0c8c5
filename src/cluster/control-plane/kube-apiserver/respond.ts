import type { KubernetesObject } from '../../../api/resource.ts'
import type { Status } from '../../../api/generated/types.ts'
import type { Answer, ApiRequest } from '../../../api/wire.ts'
import type { ResourceCall } from './context.ts'
import { withManagedFields } from './managed-fields/managed-fields.ts'
import { renditionOf } from './negotiation.ts'
import { queryText } from './options.ts'
import { includeObject, partialMetadata, tableOf, type Rows } from './table.ts'

const JSON_TYPE = 'application/json'

export function respond(
  status: number,
  body: unknown,
  warnings: readonly string[] = [],
  headers?: Readonly<Record<string, string>>,
): Answer {
  return {
    kind: 'response',
    response: { status, contentType: JSON_TYPE, warnings, body, ...(headers ? { headers } : {}) },
  }
}

/** A document that changes with the release at most: told by its ETag, it need not be sent twice. */
export function respondCacheable(request: ApiRequest, etag: string, body: () => unknown): Answer {
  const tag = `"${etag}"`
  const known = request.ifNoneMatch?.split(/\s*,\s*/).includes(tag)
  return respond(known ? 304 : 200, known ? undefined : body(), [], { ETag: tag })
}

export function respondText(status: number, body: string): Answer {
  return {
    kind: 'response',
    response: { status, contentType: 'text/plain; charset=utf-8', warnings: [], body },
  }
}

export const respondStatus = (status: Status, warnings: readonly string[] = []): Answer =>
  respond(status.code ?? 200, status, warnings)

/** One object, in the rendition the client asked for. */
export const respondObject = (call: ResourceCall, status: number, object: KubernetesObject): Answer =>
  respondAs(call, call.kind, status, object)

/** The same of an object of another type than the call's kind. */
export function respondAs<T extends KubernetesObject>(
  call: ResourceCall,
  rows: Rows<T>,
  status: number,
  object: T,
): Answer {
  return respond(status, rendered(call, rows, object), call.warnings)
}

/** An object as this client wants it. */
export const shownObject = <T extends KubernetesObject>(request: ApiRequest, object: T): T =>
  request.managedFields ? withManagedFields(object) : object

function rendered<T extends KubernetesObject>(
  { request, server }: ResourceCall,
  rows: Rows<T>,
  object: T,
): unknown {
  const rendition = renditionOf(request)
  const shown = shownObject(request, object)
  if (rendition === 'object') return shown
  if (rendition === 'metadata') return partialMetadata(shown)
  return tableOf(rows, [shown], {
    nowMs: server.simulation.nowMs,
    include: includeObject(queryText(request, 'includeObject')),
    metadata: { resourceVersion: object.metadata?.resourceVersion ?? '' },
  })
}
