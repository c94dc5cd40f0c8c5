import { FieldErrors } from '../../../api/field-errors.ts'
import type { ObjectMeta } from '../../../api/generated/types.ts'
import type { Kind, WriteContext } from '../../../api/kind.ts'
import { defined, without } from '../../../api/objects.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import { badRequest, conflict, invalid, MODIFIED, StatusError } from '../../../api/status.ts'
import type { ResourceCall, Server } from './context.ts'
import type { StoredObject } from './store.ts'

/** A new object with what the server gives it: a name when it wants one, its namespace, its identity. @throws StatusError */
export function withNewMetadata(
  { server, kind, info }: ResourceCall,
  body: KubernetesObject,
  context: WriteContext,
): KubernetesObject {
  const given = body.metadata ?? {}
  if (kind.namespaced && given.namespace !== undefined && given.namespace !== info.namespace) {
    throw new StatusError(
      badRequest('the namespace of the provided object does not match the namespace sent on the request'),
    )
  }
  if (given.resourceVersion)
    throw new StatusError(badRequest('resourceVersion should not be set on objects to be created'))
  const kept = without(
    given,
    'selfLink',
    'managedFields',
    'resourceVersion',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'namespace',
  )
  const name = given.name || (given.generateName ? generatedName(server, given.generateName) : '')
  const metadata: ObjectMeta = {
    ...kept,
    ...(name === '' ? {} : { name }),
    ...(kind.namespaced ? { namespace: info.namespace } : {}),
    uid: server.simulation.random('kube-apiserver').uuid(),
    ...(kind.tracksGeneration ? { generation: 1 } : {}),
    creationTimestamp: context.timestamp,
  }
  return { ...body, metadata }
}

/** The base, cut so that the whole is a valid name, and five random characters. */
function generatedName({ simulation }: Server, base: string): string {
  return `${base.slice(0, 58)}${simulation.random('kube-apiserver').string(5)}`
}

/** The metadata a client may change, with what only the server sets taken from the stored object. */
export function keptMetadata(kind: Kind, given: ObjectMeta, old: StoredObject): StoredObject['metadata'] {
  const {
    uid,
    name,
    namespace,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    generateName,
    resourceVersion,
  } = old.metadata
  if (given === old.metadata) return old.metadata
  if (
    deletionTimestamp &&
    given.finalizers?.some((finalizer) => !old.metadata.finalizers?.includes(finalizer))
  ) {
    const added = given.finalizers.filter((finalizer) => !old.metadata.finalizers?.includes(finalizer))
    const errors = new FieldErrors()
    errors.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => JSON.stringify(one)).join(', ')}}`,
    )
    throw new StatusError(invalid(kind, name, errors.list))
  }
  return defined({
    ...without(given, 'selfLink', 'managedFields'),
    name,
    namespace,
    uid,
    generateName: given.generateName ?? generateName,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    resourceVersion,
  })
}

/** Is the client speaking of this very object, in this version? @throws StatusError Conflict */
export function checkPreconditions(
  { kind, server }: ResourceCall,
  given: ObjectMeta,
  { metadata }: StoredObject,
): void {
  const { name, namespace = '' } = metadata
  if (given.uid !== undefined && given.uid !== metadata.uid) {
    const key = server.store.key(kind, namespace, name)
    throw new StatusError(
      conflict(
        kind,
        name,
        `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${metadata.uid}`,
      ),
    )
  }
  if (given.resourceVersion && given.resourceVersion !== metadata.resourceVersion) {
    throw new StatusError(conflict(kind, name, MODIFIED))
  }
}
