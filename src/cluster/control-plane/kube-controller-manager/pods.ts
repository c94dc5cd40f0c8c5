import type { Pod, PodTemplateSpec } from '../../../api/index.ts'
import type { KubernetesObject, Resource } from '../../../api/index.ts'
import { controllerReference, isDeleting, nameOf, namespaceOf } from '../../../client/index.ts'
import { parseTimestamp } from '../../../encoding/time.ts'

export const isTerminal = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Counts as a replica: neither ended nor on its way out. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && !isDeleting(pod)

/** On its way out with containers that may still run. */
export const isTerminating = (pod: Pod): boolean => isDeleting(pod) && !isTerminal(pod)

export function isReady(pod: Pod): boolean {
  for (const { type, status } of pod.status?.conditions ?? []) if (type === 'Ready') return status === 'True'
  return false
}

/** Since when it is ready, in ms; undefined when it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'True') return undefined
  return ready.lastTransitionTime === undefined ? 0 : parseTimestamp(ready.lastTransitionTime)
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  if (minReadySeconds === 0) return isReady(pod)
  const since = readySinceMs(pod)
  return since !== undefined && since + minReadySeconds * 1000 <= nowMs
}

/** A Pod of `template`, controlled by `owner`; with a name of its own, or one that the server completes. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: KubernetesObject,
  ownerResource: Resource,
  name?: string,
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(name === undefined ? { generateName: `${nameOf(owner)}-` } : { name }),
      namespace: namespaceOf(owner),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner, ownerResource)],
    },
    ...(template.spec && { spec: template.spec }),
  }
}
