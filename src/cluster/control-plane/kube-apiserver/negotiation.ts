import { notAcceptable, StatusError } from '../../../api/status.ts'
import type { ApiRequest } from '../../../api/wire.ts'

/** How the client wants objects: as they are, as rows of a table, or their metadata alone. */
export type Rendition = 'object' | 'table' | 'metadata'

const TABLE_GROUP = 'meta.k8s.io'
const PLAIN = new Set(['application/json', 'application/yaml', '*/*', 'application/*', ''])

/** The first acceptable of the Accept header's media types. @throws StatusError NotAcceptable */
export function renditionOf(request: ApiRequest): Rendition {
  const accept = request.accept
  if (accept === undefined || accept === 'application/json') return 'object'
  for (const part of accept.split(',')) {
    const [type, ...parameters] = part.split(';').map((text) => text.trim())
    if (!PLAIN.has(type!)) continue
    const values = new Map(parameters.map((text) => text.split('=') as [string, string]))
    const as = values.get('as')
    if (as === undefined) return 'object'
    if (values.get('g') !== TABLE_GROUP) continue
    if (as === 'Table') return 'table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata'
  }
  throw new StatusError(
    notAcceptable(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']),
  )
}
