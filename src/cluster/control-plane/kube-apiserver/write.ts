import { FieldErrors } from '../../../api/field-errors.ts'
import type { Kind, WriteContext } from '../../../api/kind.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from '../../../api/object-meta.ts'
import { defined, equal, type JsonObject } from '../../../api/objects.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import { alreadyExists, invalid, StatusError } from '../../../api/status.ts'
import { admit } from './admission/admission.ts'
import { withinQuota } from './admission/resource-quota.ts'
import { recordClusterIP } from './allocators/ip-addresses.ts'
import type { ResourceCall, Server } from './context.ts'
import {
  Ownership,
  ownershipGiven,
  ownershipOf,
  updateBy,
  withManagedFields,
  withOwnership,
  isSameOwnership,
} from './managed-fields/managed-fields.ts'
import type { WriteOptions } from './options.ts'
import { checkPreconditions, keptMetadata, withNewMetadata } from './object-metadata.ts'
import type { StoredObject } from './store.ts'

export const writeContext = ({ simulation, allocators }: Server): WriteContext => ({
  nowMs: simulation.nowMs,
  timestamp: simulation.timestamp(),
  allocators,
})

/**
 * A new object: named, defaulted, admitted, validated, allocated, stored.
 * @param applied who manages what, when the object was applied. Default: the writer manages what it gave, with defaults
 * @throws StatusError
 */
export function createObject(
  call: ResourceCall,
  body: KubernetesObject,
  options: WriteOptions,
  applied?: Ownership,
): StoredObject {
  const { server, kind } = call
  const context = writeContext(server)
  const named = withNewMetadata(call, body, context)
  const defaulted = kind.defaults ? kind.defaults(named) : named
  const admitted = admit(call, defaulted)
  const book = withinQuota(call, admitted, undefined)
  const prepared = kind.prepareForCreate ? kind.prepareForCreate(admitted, context) : admitted
  const name = prepared.metadata?.name ?? ''
  const object = allocated(kind, prepared, undefined, context)
  try {
    const errors = new FieldErrors()
    validateObjectMeta(object.metadata!, kind, errors)
    kind.validate?.(object, errors)
    if (errors.any) throw new StatusError(invalid(kind, name, errors.list))
    if (server.store.read(kind, object.metadata!.namespace ?? '', name))
      throw new StatusError(alreadyExists(kind, name))
  } catch (error) {
    kind.release?.(object, context)
    throw error
  }
  call.warnings.push(...(kind.warnings?.(object, undefined) ?? []))
  const by = updateBy(call.info, options.fieldManager, context.timestamp)
  const ownership = applied ?? Ownership.after(undefined, { kind, live: undefined, given: defaulted, by })
  if (!options.dryRun) {
    book()
    recordClusterIP(server, kind, object, undefined)
    return server.store.write(kind, object as StoredObject, ownership)
  }
  kind.release?.(object, context)
  return withOwnership(object as StoredObject, ownership)
}

function allocated(
  kind: Kind,
  next: KubernetesObject,
  old: KubernetesObject | undefined,
  context: WriteContext,
): KubernetesObject {
  if (!kind.allocate) return next
  const errors = new FieldErrors()
  const object = kind.allocate(next, old, context, errors)
  if (errors.any) throw new StatusError(invalid(kind, next.metadata?.name ?? '', errors.list))
  return object
}

export type UpdateScope = 'object' | 'status' | 'other'

/**
 * An object changed through its main resource, `/status` or another subresource that writes it. Nothing is written
 * when nothing changed; the object goes when it was being deleted and its last finalizer went.
 * @param applied who manages what from now on, when the change was applied
 * @throws StatusError
 */
export function updateObject(
  call: ResourceCall,
  old: StoredObject,
  body: KubernetesObject,
  options: WriteOptions,
  scope: UpdateScope,
  applied?: Ownership,
): StoredObject {
  const { server, kind, info } = call
  const context = writeContext(server)
  const given = { ...body, metadata: keptMetadata(kind, body.metadata ?? {}, old) }
  checkPreconditions(call, body.metadata ?? {}, old)
  const scoped = scope === 'status' ? withOldSpec(given, old) : given
  const defaulted = kind.defaults ? kind.defaults(scoped) : scoped
  const prepared =
    scope === 'object' && kind.prepareForUpdate
      ? kind.prepareForUpdate(keepStatus(kind, defaulted, old), old, context)
      : scope === 'object'
        ? keepStatus(kind, defaulted, old)
        : defaulted
  const book =
    scope === 'object' && !sameContent(prepared, old) ? withinQuota(call, prepared, old) : undefined
  validateUpdate(kind, prepared, old, scope)
  const next = scope === 'object' ? allocated(kind, prepared, old, context) : prepared
  const counted = scope === 'status' ? (next as StoredObject) : withGeneration(kind, next, old)
  call.warnings.push(...(scope === 'object' ? (kind.warnings?.(counted, old) ?? []) : []))
  const by = updateBy(info, options.fieldManager, context.timestamp)
  const before = ownershipGiven(body.metadata?.managedFields) ?? ownershipOf(old)
  const ownership = applied ?? Ownership.after(before, { kind, live: old, given: defaulted, by })
  if (options.dryRun) return withOwnership({ ...counted }, ownership)
  if (isFinished(counted)) return removeObject(server, kind, counted)
  if (equal(counted, old) && !isGivenAway(body, old, applied)) return old
  book?.()
  recordClusterIP(server, kind, counted, old)
  return server.store.write(kind, counted, ownership)
}

/** Does a write that changes no field change who manages them? */
function isGivenAway(
  { metadata }: KubernetesObject,
  old: StoredObject,
  applied: Ownership | undefined,
): boolean {
  if (applied) return !isSameOwnership(applied, ownershipOf(old))
  const given = metadata?.managedFields
  return given !== undefined && !equal(given, withManagedFields(old).metadata.managedFields)
}

/** Takes the object out of the store and gives back what it held. */
export function removeObject(server: Server, kind: Kind, object: StoredObject): StoredObject {
  kind.release?.(object, writeContext(server))
  const removed = server.store.remove(kind, object)
  recordClusterIP(server, kind, undefined, object)
  return removed
}

/** Is the object waiting for nothing but its removal? */
function isFinished({ metadata }: StoredObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    !metadata.finalizers?.length &&
    metadata.deletionGracePeriodSeconds === 0
  )
}

/** For `/status`: everything but status and metadata as it was. */
function withOldSpec(given: KubernetesObject, old: StoredObject): StoredObject {
  const { status } = given as { status?: unknown }
  return defined({ ...old, metadata: given.metadata as StoredObject['metadata'], status })
}

/** Where status has its own subresource, the main one leaves it alone. */
function keepStatus(kind: Kind, next: KubernetesObject, old: StoredObject): StoredObject {
  if (!kind.subresources.some(({ name }) => name === 'status')) return next as StoredObject
  const { status } = old as { status?: unknown }
  return (next as { status?: unknown }).status === status
    ? (next as StoredObject)
    : (defined({ ...next, status }) as StoredObject)
}

function validateUpdate(kind: Kind, next: KubernetesObject, old: StoredObject, scope: UpdateScope): void {
  const errors = new FieldErrors()
  if (next.metadata !== old.metadata) {
    // Once by the server for every kind, once by the kind: the causes tell of a fault that often.
    validateObjectMetaUpdate(next.metadata!, errors)
    validateObjectMetaUpdate(next.metadata!, errors)
    validateObjectMeta(next.metadata!, kind, errors)
  }
  if (scope === 'status') kind.validateStatusUpdate?.(next, old, errors)
  else {
    // A stored object is valid: what did not change need not be looked at again.
    if (!sameContent(next, old)) kind.validate?.(next, errors)
    kind.validateUpdate?.(next, old, errors)
  }
  if (errors.any) throw new StatusError(invalid(kind, old.metadata.name, errors.list))
}

const NOT_CONTENT = new Set(['metadata', 'status', 'apiVersion', 'kind'])

/** Are two objects the same but for metadata and status? */
function sameContent(a: KubernetesObject, b: KubernetesObject): boolean {
  const [left, right] = [a, b] as unknown as readonly [JsonObject, JsonObject]
  for (const key in left) if (!NOT_CONTENT.has(key) && !equal(left[key], right[key])) return false
  for (const key in right)
    if (!NOT_CONTENT.has(key) && left[key] === undefined && right[key] !== undefined) return false
  return true
}

function withGeneration(kind: Kind, next: KubernetesObject, old: StoredObject): StoredObject {
  const stored = next as StoredObject
  if (!kind.tracksGeneration || sameContent(next, old)) return stored
  return { ...stored, metadata: { ...stored.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
}
