import { decodeBase64, encodeBase64 } from '../../../../encoding/base64.ts'
import { without } from '../../../../api/objects.ts'
import type { KubernetesObject } from '../../../../api/resource.ts'
import { badRequest, expired, failure, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import { CompactedError } from '../../etcd/etcd.ts'
import type { ResourceCall } from '../context.ts'
import { withManagedFields } from '../managed-fields/managed-fields.ts'
import { renditionOf } from '../negotiation.ts'
import { queryNumber, queryText } from '../options.ts'
import { respond } from '../respond.ts'
import { selectionOf, type Selection } from '../selection.ts'
import type { StoredObject } from '../store.ts'
import { includeObject, listKind, partialMetadata, tableOf } from '../table.ts'

export function list(call: ResourceCall): Answer {
  const { server, kind, request } = call
  const rendition = renditionOf(request)
  const { items: stored, metadata: pageMetadata } = page(call)
  const metadata = server.store.isComputed(kind) ? {} : pageMetadata
  const items = request.managedFields ? stored.map(withManagedFields) : stored
  const body =
    rendition === 'table'
      ? tableOf(kind, items, {
          nowMs: server.simulation.nowMs,
          include: includeObject(queryText(request, 'includeObject')),
          metadata,
        })
      : rendition === 'metadata'
        ? {
            kind: 'PartialObjectMetadataList',
            apiVersion: 'meta.k8s.io/v1',
            metadata,
            items: items.map(partialMetadata),
          }
        : { ...listKind(kind), metadata, items: request.managedFields ? items.map(untyped) : items }
  return respond(200, body, call.warnings)
}

/** On the wire the list alone says of which kind its items are; inside the engine objects stay as they are stored. */
const untyped = (object: KubernetesObject): KubernetesObject => without(object, 'apiVersion', 'kind')

interface Page {
  readonly items: readonly KubernetesObject[]
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
}

/** What a `continue` token remembers: the revision of the first page and the key after which to go on. */
interface Continuation {
  readonly rv: number
  readonly start: string
}

function page(call: ResourceCall): Page {
  const { server, request } = call
  const selection = selectionOf(call)
  const limit = queryNumber(request, 'limit')
  const continuation = continuationOf(queryText(request, 'continue'))
  const revision = continuation?.rv ?? exactRevision(call)
  const resourceVersion = String(revision ?? server.store.etcd.revision)
  const all = candidates(call, selection, revision)
  const selected = selection.matches ? all.filter(selection.matches) : all
  const rest = continuation ? selected.filter((object) => keyOf(object) > continuation.start) : selected
  if (limit <= 0 || rest.length <= limit) return { items: rest, metadata: { resourceVersion } }
  const items = rest.slice(0, limit)
  const token: Continuation = { rv: Number(resourceVersion), start: keyOf(items.at(-1)!) }
  return {
    items,
    metadata: {
      resourceVersion,
      continue: encodeBase64(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).replace(/=+$/, ''),
      // With a selector the real server does not know how many are left.
      ...(selection.matches ? {} : { remainingItemCount: rest.length - limit }),
    },
  }
}

const keyOf = ({ metadata }: StoredObject) =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name

/** The objects to look through: one by name, a node's Pods, a namespace's, or all. */
function candidates(
  { server, kind, info }: ResourceCall,
  { name, nodeName, label }: Selection,
  revision: number | undefined,
): readonly StoredObject[] {
  const { store } = server
  try {
    if (revision !== undefined && revision < store.etcd.revision)
      return store.listAt(kind, info.namespace, revision)
  } catch (error) {
    if (error instanceof CompactedError) throw new StatusError(expired(TOO_OLD_TO_CONTINUE))
    throw error
  }
  if (name !== undefined && (!kind.namespaced || info.namespace !== '')) {
    const object = store.read(kind, info.namespace, name)
    return object ? [object] : []
  }
  if (nodeName) {
    const pods = store
      .podsOnNode(nodeName)
      .filter(({ metadata }) => info.namespace === '' || metadata.namespace === info.namespace)
    return pods.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }
  return label ? store.listLabelled(kind, info.namespace, label) : store.list(kind, info.namespace)
}

const TOO_OLD_TO_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'

function continuationOf(token: string): Continuation | undefined {
  if (token === '') return undefined
  try {
    const { v, rv, start } = JSON.parse(decodeBase64(token) ?? '') as { v: string; rv: number; start: string }
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string') return { rv, start }
  } catch {
    // Falls through: the token is not ours.
  }
  throw new StatusError(badRequest('continue key is not valid: illegal base64 data or token'))
}

/** The revision that must be shown; undefined when the newest will do. @throws StatusError */
function exactRevision({ server, request }: ResourceCall): number | undefined {
  const text = queryText(request, 'resourceVersion')
  const match = queryText(request, 'resourceVersionMatch')
  const revision = parseRevision(text)
  if (revision > server.store.etcd.revision)
    throw new StatusError(tooLargeRevision(revision, server.store.etcd.revision))
  return match === 'Exact' ? revision : undefined
}

/** @throws StatusError when the text is no revision. */
export function parseRevision(text: string): number {
  if (text === '') return 0
  if (!/^\d{1,18}$/.test(text))
    throw new StatusError(
      badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`),
    )
  return Number(text)
}

export const tooLargeRevision = (wanted: number, current: number) =>
  failure(504, 'Timeout', `Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
