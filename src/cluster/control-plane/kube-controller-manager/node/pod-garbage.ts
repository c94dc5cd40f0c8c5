import * as api from '../../../../api/index.ts'
import type { Node } from '../../../../api/index.ts'
import { controller, remove, requeueAfter, watch, type Controller } from '../../../../client/index.ts'
import { podsByNode } from './node-lifecycle.ts'

/** How long a node may be missing before its Pods count as lost. */
const QUARANTINE_MS = 40_000

/** Deletes, without grace, the Pods of nodes that no longer exist: no kubelet is left to do it. */
export function podGarbageCollector(): Controller {
  const missingSinceMs = new Map<string, number>()
  return controller<Node>({
    name: 'pod-garbage-collector',
    for: api.node,
    indexes: [podsByNode],
    watches: [
      watch(
        api.pod,
        () => [],
        () => false,
      ),
    ],
    reconcile(node) {
      missingSinceMs.delete(node.metadata?.name ?? '')
      return []
    },
    gone(name, context) {
      const pods = context.byIndex(api.pod, 'node', name)
      if (pods.length === 0) return []
      const since = missingSinceMs.get(name) ?? context.nowMs
      missingSinceMs.set(name, since)
      const wait = since + QUARANTINE_MS - context.nowMs
      if (wait > 0) return [requeueAfter(wait)]
      missingSinceMs.delete(name)
      return pods.map((pod) => remove(api.pod, pod, { deleteOptions: { gracePeriodSeconds: 0 } }))
    },
  })
}
