import type { Node, Service } from '../../../api/index.ts'
import { isDeleting, nameOf, uidOf } from '../../../client/index.ts'
import type { HealthCheck, LoadBalancerSpec } from '../../cloud/index.ts'

const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
const GOING = 'ToBeDeletedByClusterAutoscaler'

/** Whether load balancers send to this node. Its readiness does not matter: health checks see more, and sooner. */
export function isEligible(node: Node): boolean {
  const { labels } = node.metadata ?? {}
  const isLeaving = node.spec?.taints?.some(({ key }) => key === GOING) ?? false
  return !isDeleting(node) && !isLeaving && labels?.[EXCLUDED] === undefined && addressOf(node) !== ''
}

export const addressOf = (node: Node): string =>
  node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''

/** The name a cloud knows it by: `a` and the Service's UID, cut to what every cloud permits. */
export const loadBalancerName = (service: Service): string =>
  `a${uidOf(service).replaceAll('-', '')}`.slice(0, 32)

export function loadBalancerFor(service: Service, nodes: readonly Node[]): LoadBalancerSpec {
  return {
    name: loadBalancerName(service),
    address: service.spec?.loadBalancerIP || undefined,
    nodes: nodes.map((node) => ({ name: nameOf(node), address: addressOf(node) })),
    healthCheck: healthCheckFor(service),
  }
}

/** With `externalTrafficPolicy: Local` nodes say themselves whether they have endpoints; otherwise the node port tells. */
function healthCheckFor(service: Service): HealthCheck | undefined {
  const { externalTrafficPolicy, healthCheckNodePort, ports } = service.spec ?? {}
  if (externalTrafficPolicy === 'Local' && healthCheckNodePort)
    return { kind: 'http', port: healthCheckNodePort }
  const nodePort = ports?.find(
    ({ protocol, nodePort }) => (protocol ?? 'TCP') === 'TCP' && nodePort,
  )?.nodePort
  return nodePort ? { kind: 'tcp', port: nodePort } : undefined
}
