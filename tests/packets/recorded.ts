/** What the cluster was like in which kube-proxy's rules were recorded. */
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { planService, type PortPlan } from '../../src/cluster/node/kube-proxy/plan.ts'
import type { Surroundings } from '../../src/cluster/node/kube-proxy/service-writer.ts'

export const NODES = {
  'control-plane': '192.168.99.10',
  'node-1': '192.168.99.11',
  'node-2': '192.168.99.12',
}

export type ServiceAndSlices = readonly [Service, readonly EndpointSlice[]]

const kubernetes: Service = {
  metadata: { namespace: 'default', name: 'kubernetes' },
  spec: {
    type: 'ClusterIP',
    clusterIPs: ['10.96.0.1'],
    ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
  },
}
const kubernetesSlice: EndpointSlice = {
  addressType: 'IPv4',
  ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  endpoints: [{ addresses: ['192.168.99.10'], conditions: { ready: true } }],
}
const DNS_PORTS = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  { name: 'metrics', port: 9153, protocol: 'TCP' },
]
const dns: Service = {
  metadata: { namespace: 'kube-system', name: 'kube-dns' },
  spec: { type: 'ClusterIP', clusterIPs: ['10.96.0.10'], ports: DNS_PORTS },
}
const dnsSlice: EndpointSlice = {
  addressType: 'IPv4',
  ports: DNS_PORTS,
  endpoints: [
    { addresses: ['10.244.1.2'], nodeName: 'node-1', conditions: { ready: true } },
    { addresses: ['10.244.0.2'], nodeName: 'control-plane', conditions: { ready: true } },
  ],
}

/** What was in the cluster before: the API server's Service and DNS. */
export const before: readonly ServiceAndSlices[] = [
  [kubernetes, [kubernetesSlice]],
  [dns, [dnsSlice]],
]

/** What a node's kube-proxy has to say about Services. */
export function plansOn(
  name: string,
  services: readonly ServiceAndSlices[],
): { readonly plans: ReadonlyMap<string, readonly PortPlan[]>; readonly surroundings: Surroundings } {
  const node = { name, ip: NODES[name as keyof typeof NODES] }
  const plans = services.map(
    ([service, slices]) =>
      [
        `${service.metadata!.namespace}/${service.metadata!.name}`,
        planService(node, service, slices),
      ] as const,
  )
  return { plans: new Map(plans), surroundings: { node, serviceCidrs: ['10.96.0.0/16'] } }
}
