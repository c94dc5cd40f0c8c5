import type { Kind } from '../../../api/kind.ts'
import type { ApiRequest } from '../../../api/wire.ts'

export type RequestVerb =
  'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** What a path and a method mean. Without `kind` the path is no resource's (`/healthz`, `/apis/apps/v1`). */
export interface RequestInfo {
  readonly verb: RequestVerb
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: Kind | undefined
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  /** What follows the subresource, for proxies. */
  readonly rest: readonly string[]
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

/** Finds what a request is about. Undefined when the path is not below a group-version's resources. */
export function requestInfo(request: ApiRequest, kinds: readonly Kind[]): RequestInfo | undefined {
  const segments = segmentsOf(request.path)
  const root = segments[0]
  const offset = root === 'api' ? 2 : root === 'apis' ? 3 : 0
  if (offset === 0 || segments.length <= offset) return undefined
  const group = root === 'api' ? '' : segments[1]!
  const version = segments[offset - 1]!
  const count = segments.length - offset
  const isNamespaced =
    segments[offset] === 'namespaces' &&
    count > 2 &&
    !(count === 3 && NAMESPACE_SUBRESOURCES.has(segments[offset + 2]!))
  const namespace = isNamespaced ? segments[offset + 1]! : ''
  const at = isNamespaced ? offset + 2 : offset
  const plural = segments[at]
  const name = segments[at + 1] ?? ''
  return {
    verb: verbOf(request, name),
    group,
    version,
    plural: plural!,
    kind: kindAt(kinds, group, version, plural!),
    namespace,
    name,
    subresource: segments[at + 2] ?? '',
    rest: segments.length > at + 3 ? segments.slice(at + 3) : NOTHING,
  }
}

const indexes = new WeakMap<readonly Kind[], ReadonlyMap<string, Kind>>()

function kindAt(kinds: readonly Kind[], group: string, version: string, plural: string): Kind | undefined {
  let index = indexes.get(kinds)
  if (!index) {
    index = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]))
    indexes.set(kinds, index)
  }
  return index.get(`${group}/${version}/${plural}`)
}

function verbOf(request: ApiRequest, name: string): RequestVerb {
  switch (request.method) {
    case 'GET':
      if (isTrue(request.query?.['watch'])) return 'watch'
      return name === '' ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete'
  }
}

const NOTHING: readonly string[] = []

/** What is between the slashes, decoded; nothing for two slashes in a row. */
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = []
  const isPlain = !path.includes('%')
  for (let start = 0; start <= path.length;) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    if (end > start) segments.push(isPlain ? path.slice(start, end) : decodeSegment(path.slice(start, end)))
    start = end + 1
  }
  return segments
}

const isTrue = (value: string | readonly string[] | undefined) => value === 'true' || value === '1'

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
