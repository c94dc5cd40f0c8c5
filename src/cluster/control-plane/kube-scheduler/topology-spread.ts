import type { Pod, TopologySpreadConstraint } from '../../../api/index.ts'
import { matchesObject } from '../../../api/selectors.ts'
import { isDeleting, matchesNode, namespaceOf } from '../../../client/index.ts'
import type { NodeInfo } from './node-info.ts'
import type { Reason } from './pod-affinity.ts'

/** Would the Pod on this node make some domain outnumber another by more than `maxSkew`? */
export function spreadReason(pod: Pod, info: NodeInfo, all: readonly NodeInfo[]): Reason | undefined {
  const message = "node(s) didn't match pod topology spread constraints"
  for (const constraint of pod.spec?.topologySpreadConstraints ?? []) {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue
    const domain = info.node?.metadata?.labels?.[constraint.topologyKey]
    if (domain === undefined) return { message: `${message} (missing required label)`, lasting: true }
    const counts = countByDomain(pod, constraint, all)
    const isSelf = matchesObject(constraint.labelSelector, pod.metadata?.labels) ? 1 : 0
    const fewest = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values())
    if ((counts.get(domain) ?? 0) + isSelf - fewest > constraint.maxSkew) return { message, lasting: false }
  }
  return undefined
}

/** How many of the Pods that a constraint counts are in each domain that the Pod could go to. */
export function countByDomain(
  pod: Pod,
  { topologyKey, labelSelector }: TopologySpreadConstraint,
  all: readonly NodeInfo[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { node, pods } of all) {
    const domain = node?.metadata?.labels?.[topologyKey]
    if (domain === undefined || !matchesNode(pod, node!)) continue
    let count = counts.get(domain) ?? 0
    for (const other of pods.values()) {
      const counted = namespaceOf(other) === namespaceOf(pod) && !isDeleting(other)
      if (counted && matchesObject(labelSelector, other.metadata?.labels)) count++
    }
    counts.set(domain, count)
  }
  return counts
}
