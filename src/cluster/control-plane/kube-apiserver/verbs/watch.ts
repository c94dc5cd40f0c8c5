import type { KubernetesObject } from '../../../../api/resource.ts'
import { apiVersionOf } from '../../../../api/resource.ts'
import { expired, failure, StatusError } from '../../../../api/status.ts'
import type { Answer, Cancel, StreamSink, WatchEvent } from '../../../../api/wire.ts'
import { CompactedError } from '../../etcd/etcd.ts'
import type { ResourceCall } from '../context.ts'
import { withManagedFields } from '../managed-fields/managed-fields.ts'
import { renditionOf } from '../negotiation.ts'
import { shownObject } from '../respond.ts'
import { queryFlag, queryNumber, queryText } from '../options.ts'
import { selectionOf, type Selection } from '../selection.ts'
import type { StoredObject } from '../store.ts'
import { includeObject, partialMetadata, tableOf } from '../table.ts'
import { translator } from '../watch-hub.ts'
import { parseRevision } from './list.ts'

const BOOKMARK_INTERVAL_MS = 60_000
/** A watch that names no time-out is ended after half an hour to an hour, so that no client relies on one for ever. */
const MIN_TIMEOUT_S = 1800

/** Follows the changes of a collection, or of one object. */
export function watch(call: ResourceCall): Answer {
  const selection = selectionOf(call)
  const revision = parseRevision(queryText(call.request, 'resourceVersion'))
  const initialEvents = queryText(call.request, 'sendInitialEvents')
  if (initialEvents !== '' && queryText(call.request, 'resourceVersionMatch') !== 'NotOlderThan') {
    throw new StatusError(
      failure(
        422,
        'Invalid',
        `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
        { group: 'meta.k8s.io', kind: 'ListOptions' },
      ),
    )
  }
  const fromNow = initialEvents === '' && revision === 0
  const render = renderer(call)
  const timeoutMs = timeoutSeconds(call) * 1000
  return {
    kind: 'stream',
    response: { status: 200, contentType: 'application/json', warnings: call.warnings },
    start: (sink) =>
      begin(call, sink, selection, render, {
        revision,
        timeoutMs,
        snapshot: fromNow || initialEvents === 'true',
        bookmark: initialEvents === 'true',
      }),
  }
}

type Render = (event: WatchEvent<KubernetesObject>) => WatchEvent

interface Start {
  readonly revision: number
  readonly timeoutMs: number
  /** First everything as it is, as ADDED. */
  readonly snapshot: boolean
  /** Then a bookmark that says so. */
  readonly bookmark: boolean
}

function begin(
  call: ResourceCall,
  sink: StreamSink,
  selection: Selection,
  render: Render,
  start: Start,
): Cancel {
  const { server, kind, request, info } = call
  const { simulation, store, watches } = server
  const { matches, name, nodeName } = selection
  const send = (event: WatchEvent<StoredObject>) => sink.chunk(render(event))
  const watcher = { namespace: info.namespace, name, nodeName: nodeName || undefined, matches, send }
  if (start.snapshot) for (const object of snapshot(call, selection)) send({ type: 'ADDED', object })
  else {
    try {
      for (const event of store.etcd.history(store.prefix(kind, info.namespace), start.revision)) {
        const told = translator(event)(watcher)
        if (told) send(told)
      }
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error
      sink.chunk({
        type: 'ERROR',
        object: expired(`too old resource version: ${start.revision} (${error.compactRevision})`),
      })
      sink.end()
      return () => {}
    }
  }
  const bookmark = (annotations?: object) =>
    sink.chunk(
      render({
        type: 'BOOKMARK',
        object: {
          kind: kind.kind,
          apiVersion: apiVersionOf(kind),
          metadata: {
            resourceVersion: store.resourceVersion,
            ...(annotations ? { annotations: annotations as Record<string, string> } : {}),
          },
        },
      }),
    )
  if (start.bookmark) bookmark({ 'k8s.io/initial-events-end': 'true' })

  const remove = watches.add(kind, watcher)
  const tick = () => {
    bookmark()
    timer = simulation.schedule(BOOKMARK_INTERVAL_MS, tick)
  }
  let timer = queryFlag(request, 'allowWatchBookmarks')
    ? simulation.schedule(BOOKMARK_INTERVAL_MS, tick)
    : undefined
  const stop = () => {
    remove()
    timer?.cancel()
    timeout?.cancel()
  }
  const timeout = request.untimed
    ? undefined
    : simulation.schedule(start.timeoutMs, () => {
        stop()
        sink.end()
      })
  return stop
}

function timeoutSeconds({ request, server }: ResourceCall): number {
  const given = queryNumber(request, 'timeoutSeconds')
  if (given > 0 || request.untimed) return given
  return MIN_TIMEOUT_S * (1 + server.simulation.random('watch time-outs').next())
}

function snapshot(
  { server, kind, info }: ResourceCall,
  { matches, nodeName }: Selection,
): readonly StoredObject[] {
  const all = nodeName ? server.store.podsOnNode(nodeName) : server.store.list(kind, info.namespace)
  return matches || info.name
    ? all.filter(
        (object) => (!matches || matches(object)) && (info.name === '' || object.metadata.name === info.name),
      )
    : all
}

/** Plain events pass as they are, the same object for every watcher. */
function renderer({ request, kind, server }: ResourceCall): Render {
  const rendition = renditionOf(request)
  if (rendition === 'object') {
    return request.managedFields
      ? ({ type, object }) => ({ type, object: withManagedFields(object) })
      : (event) => event
  }
  if (rendition === 'metadata')
    return ({ type, object }) => ({ type, object: partialMetadata(shownObject(request, object)) })
  const include = includeObject(queryText(request, 'includeObject'))
  let first = true
  return ({ type, object }) => {
    const withDefinitions = first
    first = false
    const objects = type === 'BOOKMARK' ? [] : [shownObject(request, object)]
    const metadata = { resourceVersion: object.metadata?.resourceVersion ?? '' }
    return {
      type,
      object: tableOf(kind, objects, { nowMs: server.simulation.nowMs, include, metadata, withDefinitions }),
    }
  }
}
