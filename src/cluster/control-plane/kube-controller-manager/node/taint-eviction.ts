import * as api from '../../../../api/index.ts'
import type { Node, Pod, Taint } from '../../../../api/index.ts'
import {
  controller,
  event,
  isDeleting,
  keyOf,
  nameOf,
  remove,
  requeueAfter,
  tolerates,
  watch,
  type Write,
} from '../../../../client/index.ts'
import { parseTimestamp } from '../../../../encoding/time.ts'
import { podsByNode } from './node-lifecycle.ts'

/** Deletes Pods from nodes with a NoExecute taint: at once, or after as many seconds as they tolerate it. */
export const taintEviction = controller<Node>({
  name: 'taint-eviction-controller',
  for: api.node,
  indexes: [podsByNode],
  watches: [
    watch<Pod>(
      api.pod,
      (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []),
      (next, previous) => next !== undefined && next.spec?.nodeName !== previous?.spec?.nodeName,
    ),
  ],
  reconcile(node, context) {
    const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
    if (taints.length === 0) return []
    const pods = context.byIndex(api.pod, 'node', nameOf(node)).filter((pod) => !isDeleting(pod))
    return pods.flatMap((pod) => evict(pod, evictionMs(pod, taints, context.nowMs) - context.nowMs))
  },
})

/** When a Pod must leave, in ms; never is Infinity. */
function evictionMs(pod: Pod, taints: readonly Taint[], nowMs: number): number {
  let earliest = Infinity
  for (const taint of taints) {
    const tolerations = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
    if (tolerations.length === 0) return nowMs
    const added = taint.timeAdded === undefined ? nowMs : parseTimestamp(taint.timeAdded)
    const limits = tolerations
      .map(({ tolerationSeconds }) => tolerationSeconds)
      .filter((limit) => limit !== undefined)
    if (limits.length > 0) earliest = Math.min(earliest, added + Math.max(0, Math.min(...limits)) * 1000)
  }
  return earliest
}

function evict(pod: Pod, waitMs: number): Write[] {
  if (waitMs === Infinity) return []
  if (waitMs > 0) return [requeueAfter(waitMs)]
  const message = `Marking for deletion Pod ${keyOf(pod)}`
  return [event(api.pod, pod, 'Normal', 'TaintManagerEviction', message), remove(api.pod, pod)]
}
