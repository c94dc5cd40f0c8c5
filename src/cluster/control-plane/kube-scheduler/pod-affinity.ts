import type { Pod, PodAffinityTerm } from '../../../api/index.ts'
import { matchesObject } from '../../../api/selectors.ts'
import { isDeleting, namespaceOf } from '../../../client/index.ts'
import type { NodeInfo } from './node-info.ts'

export interface Reason {
  readonly message: string
  readonly lasting: boolean
}

/** The required affinity and anti-affinity of a Pod, and of those that run, towards a node. */
export function podAffinityReason(pod: Pod, info: NodeInfo, all: readonly NodeInfo[]): Reason | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const together = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const apart = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (!together.every((term) => hasCompany(pod, term, info, all))) {
    return { message: "node(s) didn't match pod affinity rules", lasting: true }
  }
  if (apart.some((term) => isNear(info, all, term, (other) => selects(term, pod, other)))) {
    return { message: "node(s) didn't match pod anti-affinity rules", lasting: false }
  }
  if (isUnwelcome(pod, info, all)) {
    return { message: "node(s) didn't satisfy existing pods anti-affinity rules", lasting: false }
  }
  return undefined
}

/** A Pod that matches its own term may be the first of its kind. */
function hasCompany(pod: Pod, term: PodAffinityTerm, info: NodeInfo, all: readonly NodeInfo[]): boolean {
  if (info.node?.metadata?.labels?.[term.topologyKey] === undefined) return false
  if (isNear(info, all, term, (other) => selects(term, pod, other))) return true
  const existsAnywhere = all.some(({ pods }) => [...pods.values()].some((other) => selects(term, pod, other)))
  return !existsAnywhere && selects(term, pod, pod)
}

function isUnwelcome(pod: Pod, info: NodeInfo, all: readonly NodeInfo[]): boolean {
  return all.some(
    ({ withAffinity, node }) =>
      withAffinity.size > 0 &&
      [...withAffinity.values()].some((other) =>
        (other.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
          (term) => {
            const domain = node?.metadata?.labels?.[term.topologyKey]
            const isSameDomain =
              domain !== undefined && domain === info.node?.metadata?.labels?.[term.topologyKey]
            return isSameDomain && selects(term, other, pod)
          },
        ),
      ),
  )
}

/** Is such a Pod in the topology domain of this node? */
function isNear(
  info: NodeInfo,
  all: readonly NodeInfo[],
  { topologyKey }: PodAffinityTerm,
  isOne: (pod: Pod) => boolean,
): boolean {
  const domain = info.node?.metadata?.labels?.[topologyKey]
  if (domain === undefined) return false
  return all.some(
    ({ node, pods }) =>
      node?.metadata?.labels?.[topologyKey] === domain && [...pods.values()].some((pod) => isOne(pod)),
  )
}

/** Does the term of `owner` mean `other`? Without namespaces it means its own. */
function selects(term: PodAffinityTerm, owner: Pod, other: Pod): boolean {
  const namespaces = term.namespaces ?? []
  const isInScope =
    term.namespaceSelector !== undefined || namespaces.length > 0
      ? namespaces.includes(namespaceOf(other)) || term.namespaceSelector !== undefined
      : namespaceOf(other) === namespaceOf(owner)
  return isInScope && !isDeleting(other) && matchesObject(term.labelSelector, other.metadata?.labels)
}
