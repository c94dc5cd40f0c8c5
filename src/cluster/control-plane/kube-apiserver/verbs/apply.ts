import { FieldErrors } from '../../../../api/field-errors.ts'
import type { JsonObject } from '../../../../api/objects.ts'
import { apiVersionOf, type KubernetesObject } from '../../../../api/resource.ts'
import { decode, DecodeError } from '../../../../api/schema.ts'
import { badRequest, failure, invalid, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { bodyOf, strictError } from '../decode.ts'
import { compareObjects, fieldSetOf } from '../managed-fields/compare.ts'
import { conflictsOf, type Conflict } from '../managed-fields/conflicts.ts'
import { difference, union, type FieldSet } from '../managed-fields/field-set.ts'
import {
  isSame,
  managesStatus,
  Ownership,
  ownershipOf,
  type Managed,
} from '../managed-fields/managed-fields.ts'
import { listFaults } from '../managed-fields/list-faults.ts'
import { merge, prune } from '../managed-fields/merge.ts'
import { queryFlag, queryText, writeOptions, type WriteOptions } from '../options.ts'
import { respondObject } from '../respond.ts'
import type { StoredObject } from '../store.ts'
import { createObject, updateObject, type UpdateScope } from '../write.ts'
import { checkIdentity } from './update.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Server-side apply: the body says all that its manager wants to be so, and nothing else. What it no longer says, and
 * nobody else does, goes; what others say differently is a conflict, unless forced. Creates what does not exist.
 */
export function apply(call: ResourceCall, scope: UpdateScope): Answer {
  const { server, kind, info, request } = call
  checkApplyOptions(call)
  const options = writeOptions(request, 'PatchOptions')
  const applied = decodeApplied(call, options)
  checkIdentity(call, applied)
  const withStatus = managesStatus(kind, info.subresource)
  const mine: Managed = {
    manager: options.fieldManager,
    operation: 'Apply',
    apiVersion: apiVersionOf(kind),
    subresource: info.subresource,
    time: server.simulation.timestamp(),
    fields: fieldSetOf(kind.definition, applied as JsonObject, withStatus),
  }
  const old = server.store.read(kind, info.namespace, info.name)
  if (!old) {
    return respondObject(call, 201, createObject(call, applied, options, Ownership.of([mine])))
  }
  const entries = ownershipOf(old)?.entries ?? []
  const previous = entries.find((entry) => isSame(entry, mine))
  const others = entries.filter((entry) => entry !== previous)
  const next = laidOver(kind.definition, old, applied, previous, mine, others)
  const comparison = compareObjects(
    kind.definition,
    old as unknown as JsonObject,
    next as JsonObject,
    withStatus,
  )
  const conflicts = conflictsOf(others, comparison.changed)
  if (conflicts.length > 0 && !queryFlag(request, 'force')) throw applyConflict(conflicts)
  const left = others.flatMap((entry) => {
    const fields = difference(difference(entry.fields, comparison.changed), comparison.removed)
    return fields ? [{ ...entry, fields }] : []
  })
  const ownership = Ownership.of([...left, mine])
  const stored = options.fieldManager === 'kubectl' ? withLastApplied(next, call) : next
  return respondObject(call, 200, updateObject(call, old, stored, options, scope, ownership))
}

/** What a client-side apply of kubectl remembers is kept up by its server-side apply, where it is there. */
function withLastApplied(object: KubernetesObject, { request, kind }: ResourceCall): KubernetesObject {
  if (object.metadata?.annotations?.[LAST_APPLIED] === undefined) return object
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  const text = JSON.stringify(bodyOf(request, kind.kind)).replace(/[<>&\u2028\u2029]/g, escaped)
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: `${text}\n` }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** The stored object with what is applied laid over it, without what this manager alone had applied before. */
function laidOver(
  definition: string,
  old: StoredObject,
  applied: KubernetesObject,
  previous: Managed | undefined,
  mine: Managed,
  others: readonly Managed[],
): KubernetesObject {
  const topology = { kind: 'struct', definition } as const
  const merged = merge(topology, old, applied) as KubernetesObject
  const owned = others.reduce<FieldSet | undefined>((all, { fields }) => union(all, fields), mine.fields)
  const gone = difference(previous?.fields, owned)
  return gone ? (prune(topology, merged, gone, owned) as KubernetesObject) : merged
}

function checkApplyOptions({ request }: ResourceCall): void {
  if (queryText(request, 'fieldManager') !== '') return
  const errors = new FieldErrors()
  errors.required('fieldManager', 'is required for apply patch')
  throw new StatusError(invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors.list))
}

/** The body, decoded but without defaults: only what the manager says. */
function decodeApplied(call: ResourceCall, options: WriteOptions): KubernetesObject {
  const { kind, info, request } = call
  const body = bodyOf(request, kind.kind)
  const name = info.namespace === '' ? info.name : `${info.namespace}/${info.name}`
  const cannot = (why: string) =>
    new StatusError(
      failure(
        500,
        '',
        `failed to create typed patch object (${name}; ${apiVersionOf(kind)}, Kind=${kind.kind}): ${why}`,
      ),
    )
  try {
    const { value, unknown } = decode(kind.definition, body)
    if (unknown.length > 0 && options.fieldValidation === 'Strict')
      throw new StatusError(badRequest(strictError(unknown)))
    if (unknown.length > 0)
      throw cannot(unknown.map((path) => `.${path}: field not declared in schema`).join('\n'))
    const faults = listFaults(kind.definition, value)
    if (faults.length > 0)
      throw cannot(
        faults.length === 1 ? faults[0]! : `errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
      )
    const object = value as KubernetesObject
    if (object.metadata?.managedFields)
      throw new StatusError(badRequest('metadata.managedFields must be nil'))
    const namespace = kind.namespaced ? { namespace: info.namespace } : {}
    return { ...object, metadata: { ...namespace, ...object.metadata } }
  } catch (error) {
    if (error instanceof DecodeError) throw cannot(error.message)
    throw error
  }
}

function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const count = conflicts.reduce((sum, { paths }) => sum + paths.length, 0)
  const message =
    count === 1
      ? `Apply failed with 1 conflict: conflict with ${conflicts[0]!.manager}: ${conflicts[0]!.paths[0]}`
      : `Apply failed with ${count} conflicts: ${conflicts.map(({ manager, paths }) => [`conflicts with ${manager}:`, ...paths.map((path) => `- ${path}`)].join('\n')).join('\n')}`
  const causes = conflicts.flatMap(({ manager, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  )
  return new StatusError(failure(409, 'Conflict', message, { causes }))
}
