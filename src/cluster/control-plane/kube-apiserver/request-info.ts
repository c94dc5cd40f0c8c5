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
  const segments = request.path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment)
  const [root] = segments
  const offset = root === 'api' ? 2 : root === 'apis' ? 3 : 0
  if (offset === 0 || segments.length <= offset) return undefined
  const group = root === 'api' ? '' : segments[1]!
  const version = segments[offset - 1]!
  let rest = segments.slice(offset)
  let namespace = ''
  if (
    rest[0] === 'namespaces' &&
    rest.length > 2 &&
    !(NAMESPACE_SUBRESOURCES.has(rest[2]!) && rest.length === 3)
  ) {
    namespace = rest[1]!
    rest = rest.slice(2)
  }
  const [plural, name = '', subresource = ''] = rest
  return {
    verb: verbOf(request, name),
    group,
    version,
    plural: plural!,
    kind: kindAt(kinds, group, version, plural!),
    namespace,
    name,
    subresource,
    rest: rest.slice(3),
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

const isTrue = (value: string | readonly string[] | undefined) => value === 'true' || value === '1'

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
