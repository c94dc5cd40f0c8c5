import type { EndpointSlice, Service } from '../../../api/generated/types.ts'
import { inPrefix, parseAddress, parsePrefix } from '../../../network/index.ts'
import {
  endpointsOf,
  reachable,
  servicePorts,
  type ProxyNode,
  type Reachable,
  type ServiceEndpoint,
  type ServicePort,
} from './service-port.ts'

/**
 * What one node has to do for one port of a Service: everything that the modes of kube-proxy have in common. How it is
 * said to the kernel is the business of the folder of each mode.
 */
export interface PortPlan {
  readonly port: ServicePort
  readonly reach: Reachable
  /** For what is sent to the ClusterIP. */
  readonly internal: Policy
  /** For what comes to an external address, a load balancer's, or a node port. */
  readonly external: Policy
  /** Who may use the load balancer's addresses: `loadBalancerSourceRanges`. Undefined: everybody. */
  readonly allowedSources: readonly string[] | undefined
  /** What becomes of a packet for which there is no endpoint: none anywhere is refused, none here is dropped. */
  readonly refusal: 'reject' | 'drop'
}

/** A traffic policy, and the endpoints it leaves to this node. */
interface Policy {
  readonly scope: 'cluster' | 'local'
  readonly endpoints: readonly ServiceEndpoint[]
}

/**
 * The plans for every port of one Service on one node. `slices` are the EndpointSlices of that Service. Where it makes
 * no difference which node asks, all nodes get the same ones, made once.
 */
export function planService(
  node: ProxyNode,
  service: Service,
  slices: readonly EndpointSlice[],
): readonly PortPlan[] {
  const make = () => servicePorts(service).map((port) => planPort(node, port, endpointsOf(port, slices)))
  if (dependsOnNode(service, slices)) return make()
  const last = made.get(service)
  if (last && sameItems(last.slices, slices)) return last.plans
  const plans = make()
  made.set(service, { slices, plans })
  return plans
}

interface Made {
  readonly slices: readonly EndpointSlice[]
  readonly plans: readonly PortPlan[]
}

/** Objects of the API are shared and never change: the same ones have the same plans. */
const made = new WeakMap<Service, Made>()

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])

function dependsOnNode({ spec }: Service, slices: readonly EndpointSlice[]): boolean {
  if (spec?.internalTrafficPolicy === 'Local' || spec?.externalTrafficPolicy === 'Local') return true
  if (spec?.loadBalancerSourceRanges?.length) return true
  return slices.some(({ endpoints }) => endpoints?.some(({ hints }) => hints))
}

function planPort(node: ProxyNode, port: ServicePort, endpoints: readonly ServiceEndpoint[]): PortPlan {
  const reach = reachable(port, endpoints, node)
  const policy = (isLocal: boolean): Policy =>
    isLocal ? { scope: 'local', endpoints: reach.local } : { scope: 'cluster', endpoints: reach.cluster }
  return {
    port,
    reach,
    internal: policy(port.internalLocal),
    external: policy(port.externalLocal),
    allowedSources: allowedSources(port, node),
    refusal: reach.anywhere ? 'drop' : 'reject',
  }
}

/** A node inside a range may also use the address as its own: it would come back with that as its source. */
function allowedSources(port: ServicePort, node: ProxyNode): readonly string[] | undefined {
  const { sourceRanges, loadBalancerVIPs } = port
  if (sourceRanges.length === 0 || loadBalancerVIPs.length === 0) return undefined
  const isInside = sourceRanges.some((range) => inPrefix(parseAddress(node.ip), parsePrefix(range)))
  return isInside ? [...sourceRanges, ...loadBalancerVIPs] : sourceRanges
}
