import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../../../api/generated/types.ts'
import { matchesObject, type Labels } from '../../../api/selectors.ts'
import {
  mergeRanges,
  parseAddress,
  parsePrefix,
  rangeOf,
  subtractRanges,
  type AddressRange,
} from '../../../network/index.ts'

/** What policies are about: the Pods of the cluster that have addresses of their own, and their namespaces. */
export interface Population {
  readonly pods: readonly Pod[]
  /** Undefined for a namespace that is not known (yet). */
  namespaceLabels(name: string): Labels | undefined
}

/** Whether a Pod has an address that rules can be about: not its node's, and not one that it gave back. */
export const isAddressed = ({ spec, status }: Pod): boolean =>
  !spec?.hostNetwork && !!status?.podIP && status.phase !== 'Succeeded' && status.phase !== 'Failed'

/** The Pods that a policy is for. */
export const selects = ({ metadata, spec }: NetworkPolicy, pod: Pod): boolean =>
  pod.metadata?.namespace === metadata?.namespace && matchesObject(spec?.podSelector, pod.metadata?.labels)

/** The addresses that peers of a policy in `namespace` stand for. */
export function rangesOfPeers(
  peers: readonly NetworkPolicyPeer[],
  namespace: string,
  population: Population,
): AddressRange[] {
  const blocks = peers.flatMap(({ ipBlock }) => {
    if (!ipBlock || ipBlock.cidr.includes(':')) return []
    const except = (ipBlock.except ?? []).map((cidr) => rangeOf(parsePrefix(cidr)))
    return subtractRanges(rangeOf(parsePrefix(ipBlock.cidr)), except)
  })
  const addresses = podsOfPeers(peers, namespace, population).map(({ status }) =>
    parseAddress(status!.podIP!),
  )
  return mergeRanges([...blocks, ...addresses.map((address) => ({ first: address, last: address }))])
}

function podsOfPeers(
  peers: readonly NetworkPolicyPeer[],
  namespace: string,
  { pods, namespaceLabels }: Population,
): Pod[] {
  const isPeer = ({ metadata }: Pod, { ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer) => {
    if (ipBlock) return false
    const inNamespace = namespaceSelector
      ? matchesObject(namespaceSelector, namespaceLabels(metadata?.namespace ?? ''))
      : metadata?.namespace === namespace
    return inNamespace && matchesObject(podSelector ?? {}, metadata?.labels)
  }
  return pods.filter((pod) => peers.some((peer) => isPeer(pod, peer)))
}

/** The ports of Pods that have given the name of a policy's port to one of theirs. */
export function namedPorts(
  { port: name, protocol = 'TCP' }: NetworkPolicyPort,
  pods: readonly Pod[],
): { readonly address: number; readonly protocol: string; readonly port: number }[] {
  return pods.flatMap(({ spec, status }) =>
    (spec?.containers ?? [])
      .flatMap(({ ports }) => ports ?? [])
      .filter((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)
      .map(({ containerPort }) => ({
        address: parseAddress(status!.podIP!),
        protocol: protocol.toLowerCase(),
        port: containerPort,
      })),
  )
}
