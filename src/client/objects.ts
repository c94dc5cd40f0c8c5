import type { OwnerReference } from '../api/generated/types.ts'
import { apiVersionOf, type KubernetesObject, type Resource } from '../api/resource.ts'

/** The identity of a cached object: `namespace/name`, or `name` when it has no namespace. */
export function keyOf(object: KubernetesObject): string {
  const { namespace, name = '' } = object.metadata ?? {}
  return namespace ? `${namespace}/${name}` : name
}

export const nameOf = (object: KubernetesObject): string => object.metadata?.name ?? ''
export const namespaceOf = (object: KubernetesObject): string => object.metadata?.namespace ?? ''
export const uidOf = (object: KubernetesObject): string => object.metadata?.uid ?? ''
export const isDeleting = (object: KubernetesObject): boolean =>
  object.metadata?.deletionTimestamp !== undefined

/** Resource versions are etcd revisions: they order the writes of the whole cluster. 0 when there is none. */
export const versionOf = (object: KubernetesObject): number => Number(object.metadata?.resourceVersion ?? 0)

export function splitKey(key: string): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/')
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The one owner that manages this object (`controller: true`). */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller)
}

/** What a controller writes into the objects it makes, as `metav1.NewControllerRef` does. */
export function controllerReference(owner: KubernetesObject, resource: Resource): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  }
}
