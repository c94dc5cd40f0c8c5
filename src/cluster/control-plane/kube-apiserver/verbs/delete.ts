import type { DeleteOptions, Namespace } from '../../../../api/generated/types.ts'
import type { Kind } from '../../../../api/kind.ts'
import { defined, isObject } from '../../../../api/objects.ts'
import { decode } from '../../../../api/schema.ts'
import { conflict, forbidden, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import { formatTimestamp, parseTimestamp } from '../../../../encoding/time.ts'
import type { ResourceCall } from '../context.ts'
import { queryText } from '../options.ts'
import { respond, respondObject } from '../respond.ts'
import type { StoredObject } from '../store.ts'
import { removeObject } from '../write.ts'
import { existing } from './get.ts'

export function remove(call: ResourceCall): Answer {
  const { kind } = call
  const object = existing(call)
  const { result, gone } = deleteObject(call, object, deleteOptions(call))
  if (!gone || kind.returnsDeleted) return respondObject(call, 200, result)
  const { name, uid } = object.metadata
  const details = { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural, uid }
  return respond(
    200,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    call.warnings,
  )
}

/** DeleteOptions from the body, then from the query. */
export function deleteOptions({ request }: ResourceCall): DeleteOptions {
  if (isObject(request.body)) return decode('DeleteOptions', request.body).value as DeleteOptions
  const grace = queryText(request, 'gracePeriodSeconds')
  const propagation = queryText(request, 'propagationPolicy')
  const dryRun = queryText(request, 'dryRun')
  return {
    ...(grace === '' ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(propagation === '' ? {} : { propagationPolicy: propagation }),
    ...(queryText(request, 'orphanDependents') === 'true' ? { propagationPolicy: 'Orphan' } : {}),
    ...(dryRun === '' ? {} : { dryRun: [dryRun] }),
  }
}

/**
 * Deletes an object, or begins to: what has finalizers or a period of grace is marked with a deletionTimestamp and
 * stays until they are over.
 */
export function deleteObject(
  call: ResourceCall,
  object: StoredObject,
  options: DeleteOptions,
): { result: StoredObject; gone: boolean } {
  const { server, kind } = call
  checkDeletePreconditions(kind, object, options)
  refuseSystemNamespace(kind, object)
  const dryRun = (options.dryRun?.length ?? 0) > 0
  const finalizers = finalizersFor(object, options.propagationPolicy)
  const grace = graceOf(kind, object, options)
  const begun = object.metadata.deletionTimestamp !== undefined
  const holds = finalizers.length > 0 || namespaceFinalizers(object).length > 0
  if (!holds && grace === 0) {
    const marked = kind.gracePeriodSeconds
      ? withDeletion(object, 0, finalizers, server.simulation.nowMs)
      : object
    return { result: dryRun ? marked : removeObject(server, kind, marked), gone: true }
  }
  if (
    begun &&
    grace >= (object.metadata.deletionGracePeriodSeconds ?? 0) &&
    sameList(finalizers, object.metadata.finalizers ?? [])
  ) {
    return { result: object, gone: false }
  }
  const marked = terminating(withDeletion(object, grace, finalizers, server.simulation.nowMs))
  return { result: dryRun ? marked : server.store.write(kind, marked), gone: false }
}

function checkDeletePreconditions(
  kind: Kind,
  { metadata }: StoredObject,
  { preconditions }: DeleteOptions,
): void {
  const why = (what: string, wanted: string, found: string) =>
    `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been deleted and then recreated`
  if (preconditions?.uid !== undefined && preconditions.uid !== metadata.uid) {
    throw new StatusError(conflict(kind, metadata.name, why('UID', preconditions.uid, metadata.uid)))
  }
  if (
    preconditions?.resourceVersion !== undefined &&
    preconditions.resourceVersion !== metadata.resourceVersion
  ) {
    const text = `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`
    throw new StatusError(conflict(kind, metadata.name, text))
  }
}

const UNDELETABLE = new Set(['default', 'kube-system', 'kube-public'])

function refuseSystemNamespace(kind: Kind, { metadata }: StoredObject): void {
  if (kind.plural === 'namespaces' && UNDELETABLE.has(metadata.name)) {
    throw new StatusError(forbidden(kind, metadata.name, 'this namespace may not be deleted'))
  }
}

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

function finalizersFor({ metadata }: StoredObject, policy: string | undefined): readonly string[] {
  const present = metadata.finalizers ?? []
  if (policy === undefined) return present
  const others = present.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND)
  if (policy === 'Orphan') return [...others, ORPHAN]
  return policy === 'Foreground' ? [...others, FOREGROUND] : others
}

/** Seconds until the object may go; an object that is going already only ever gets less. */
function graceOf(kind: Kind, object: StoredObject, options: DeleteOptions): number {
  if (!kind.gracePeriodSeconds) return 0
  const usual = kind.gracePeriodSeconds(object)
  const asked = usual === undefined ? 0 : (options.gracePeriodSeconds ?? usual)
  const wanted = asked < 0 ? 1 : asked
  const left =
    object.metadata.deletionTimestamp === undefined
      ? Infinity
      : (object.metadata.deletionGracePeriodSeconds ?? 0)
  return options.gracePeriodSeconds === undefined && left !== Infinity ? left : Math.min(wanted, left)
}

function withDeletion(
  object: StoredObject,
  grace: number,
  finalizers: readonly string[],
  nowMs: number,
): StoredObject {
  const { metadata } = object
  const before = metadata.deletionTimestamp
  const beganAt =
    before === undefined ? nowMs : parseTimestamp(before) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return {
    ...object,
    metadata: defined({
      ...metadata,
      deletionTimestamp: formatTimestamp(beganAt + grace * 1000),
      // Only the namespace controller decides when a namespace goes: it has no period.
      deletionGracePeriodSeconds: object.kind === 'Namespace' ? undefined : grace,
      finalizers: finalizers.length > 0 ? finalizers : undefined,
      generation: before === undefined && metadata.generation ? metadata.generation + 1 : metadata.generation,
    }),
  }
}

const namespaceFinalizers = (object: StoredObject): readonly string[] =>
  object.kind === 'Namespace' ? ((object as Namespace).spec?.finalizers ?? []) : []

/** A namespace says so in its phase. */
function terminating(object: StoredObject): StoredObject {
  return object.kind === 'Namespace'
    ? ({ ...object, status: { ...(object as Namespace).status, phase: 'Terminating' } } as StoredObject)
    : object
}

const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, index) => item === b[index])
