import { FieldErrors } from '../../../../api/field-errors.ts'
import type { Scale } from '../../../../api/generated/types.ts'
import { AGE, column, NAME } from '../../../../api/kinds/shared/columns.ts'
import type { KubernetesObject } from '../../../../api/resource.ts'
import { invalid, noSuchPath, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { Ownership, ownershipOf, updateBy } from '../managed-fields/managed-fields.ts'
import { writeOptions } from '../options.ts'
import { respondAs } from '../respond.ts'
import type { StoredObject } from '../store.ts'
import { existing } from '../verbs/get.ts'
import { patchedObject } from '../verbs/patch.ts'
import { checkIdentity } from '../verbs/update.ts'
import { updateObject } from '../write.ts'

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', definition: 'Scale' }

const ROWS = {
  columns: [
    { ...NAME, format: '' },
    column<Scale>('Desired', ({ spec }) => spec?.replicas ?? 0, 'integer'),
    column<Scale>('Available', ({ status }) => status?.replicas ?? 0, 'integer'),
    AGE,
  ],
}

/** The replicas of a workload alone, in one shape for all kinds that have any. */
export function scale(call: ResourceCall): Answer {
  const { kind, info, request } = call
  const access = kind.scale
  if (!access) throw new StatusError(noSuchPath())
  const old = existing(call)
  if (info.verb === 'get') return respondAs(call, ROWS, 200, scaleOf(call, old))
  const options = writeOptions(request, info.verb === 'update' ? 'UpdateOptions' : 'PatchOptions')
  const next = (
    info.verb === 'update'
      ? decodeBody(call, SCALE, options.fieldValidation)
      : patchedObject(call, 'Scale', scaleOf(call, old), options.fieldValidation)
  ) as Scale
  checkIdentity(call, next)
  const replicas = next.spec?.replicas ?? 0
  if (replicas < 0) {
    const errors = new FieldErrors()
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
    throw new StatusError(invalid(SCALE, info.name, errors.list))
  }
  const scaled = access.withReplicas(old, replicas)
  const resourceVersion = next.metadata?.resourceVersion
  const body = resourceVersion ? { ...scaled, metadata: { ...scaled.metadata, resourceVersion } } : scaled
  const updated = updateObject(
    call,
    old,
    body,
    options,
    'other',
    replicas === 0 ? disowned(call, old) : undefined,
  )
  return respondAs(call, ROWS, 200, scaleOf(call, updated))
}

/** Nought is as if left out: the replicas are taken from whoever set them, and nobody's then. */
function disowned({ kind, info, request, server }: ResourceCall, old: StoredObject): Ownership {
  const { replicas: _, ...spec } = (old as { readonly spec?: { readonly replicas?: number } }).spec ?? {}
  const { fieldManager } = writeOptions(request, 'UpdateOptions')
  const by = updateBy(info, fieldManager, server.simulation.timestamp())
  return Ownership.after(ownershipOf(old), {
    kind,
    live: old,
    given: { ...old, spec } as KubernetesObject,
    by,
  })
}

function scaleOf({ kind }: ResourceCall, object: StoredObject): Scale {
  const access = kind.scale!
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = access.replicas(object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid,
      resourceVersion,
      creationTimestamp: creationTimestamp!,
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: access.statusReplicas(object), selector: access.selector(object) },
  }
}
