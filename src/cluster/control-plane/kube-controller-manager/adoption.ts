import type { KubernetesObject, Resource } from '../../../api/index.ts'
import { controllerReference, patch, uidOf, type Write } from '../../../client/index.ts'

/** Makes `owner` the controller of an object that has none and that it selects. */
export function adopt(
  resource: Resource,
  object: KubernetesObject,
  owner: KubernetesObject,
  ownerResource: Resource,
): Write {
  const metadata = { ownerReferences: [controllerReference(owner, ownerResource)], uid: uidOf(object) }
  return patch(
    resource,
    object,
    { type: 'strategic', body: { metadata } },
    { tolerate: ['NotFound', 'Invalid'] },
  )
}

/** Lets go of an object that `owner` no longer selects. */
export function release(resource: Resource, object: KubernetesObject, owner: KubernetesObject): Write {
  const metadata = { ownerReferences: [{ $patch: 'delete', uid: uidOf(owner) }], uid: uidOf(object) }
  return patch(
    resource,
    object,
    { type: 'strategic', body: { metadata } },
    { tolerate: ['NotFound', 'Invalid'] },
  )
}
