import { update, type Write } from '../../../../client/index.ts'
import type { KubernetesObject, Resource } from '../../../../api/resource.ts'

/** Lets an object go that was kept by this finalizer. */
export function withoutFinalizer<T extends KubernetesObject>(
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Write[] {
  const { finalizers = [] } = object.metadata ?? {}
  if (!finalizers.includes(finalizer)) return []
  const rest = finalizers.filter((one) => one !== finalizer)
  return [update(resource, { ...object, metadata: { ...object.metadata, finalizers: rest } })]
}
