/** Services of every shape, and who tries them how: what the kernel and our own walk have to agree on. */
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { HEALTH_CHECK_PORT, web } from '../packets/cluster.ts'

export interface DataPlaneCase {
  readonly name: string
  readonly services: readonly { readonly service: Service; readonly slices: readonly EndpointSlice[] }[]
  /** `client 10.96.0.80:80`, `client udp 10.96.0.80:53`: who sends, and where to. */
  readonly probes: readonly string[]
}

type Spec = Parameters<typeof web>[0]

const NODE_PORT = [{ port: 80, targetPort: 80, nodePort: 30_080, protocol: 'TCP' }]
const VIP = '203.0.113.10:80'
const FROM_INSIDE = ['client 10.96.0.80:80', 'node-1 10.96.0.80:80', 'node-2 10.96.0.80:80']
const FROM_OUTSIDE = ['lan 192.168.99.11:30080', 'lan 192.168.99.12:30080']
const TO_NODE_PORT = [
  ...FROM_OUTSIDE,
  'client 192.168.99.11:30080',
  'client 192.168.99.12:30080',
  'node-1 192.168.99.11:30080',
  'node-1 127.0.0.1:30080',
]
const TO_VIP = [`lan ${VIP}`, `client ${VIP}`, `node-1 ${VIP}`, `node-2 ${VIP}`]
const HEALTH = [`lan 192.168.99.11:${HEALTH_CHECK_PORT}`]

const one = (
  name: string,
  spec: Spec,
  endpoints: readonly string[],
  probes: readonly string[],
): DataPlaneCase => ({
  name,
  services: [web(spec, endpoints)],
  probes,
})

/** An external Service of each type, with its policies. */
const external = (type: string, more: Spec = {}): Spec => ({ type, ports: NODE_PORT, ...more })
const LOCAL: Spec = { externalTrafficPolicy: 'Local' }
const DNS = [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }]

/** The same Service, with hints that send each node to its own endpoint. */
function withHints(spec: Spec): DataPlaneCase['services'] {
  const { service, slices } = web({ ...spec, trafficDistribution: 'PreferSameNode' }, ['a', 'b'])
  const hinted = slices.map((slice) => ({
    ...slice,
    endpoints: slice.endpoints!.map((endpoint) => ({
      ...endpoint,
      hints: { forNodes: [{ name: endpoint.nodeName! }] },
    })),
  }))
  return [{ service, slices: hinted }]
}

/** A target port by name means another number on each of two Pods, and so two slices. */
function withNamedPort(): DataPlaneCase['services'] {
  const slice = (endpoint: string, targetPort: number) =>
    web({ ports: [{ port: 80, targetPort, protocol: 'TCP' }] }, [endpoint])
  const { service, slices } = slice('a', 80)
  return [{ service, slices: [...slices, ...slice('b', 8080).slices] }]
}

export const CASES: readonly DataPlaneCase[] = [
  one('ClusterIP', {}, ['a', 'b'], [...FROM_INSIDE, 'lan 10.96.0.80:80']),
  one('ClusterIP, an endpoint for itself', {}, ['a'], ['a 10.96.0.80:80', ...FROM_INSIDE]),
  one('a port that the Service does not have, an address of none', {}, ['a'], ['client 10.96.0.80:81', 'node-1 10.96.0.80:81', 'client 10.96.0.81:80', 'node-1 10.96.0.81:80']),
  one('a port that the Pod does not listen on', { ports: [{ port: 80, targetPort: 81, protocol: 'TCP' }] }, ['a', 'b'], FROM_INSIDE),
  one(
    'several ports',
    { ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'TCP' }, { name: 'alt', port: 81, targetPort: 8080, protocol: 'TCP' }, ...DNS] },
    ['a', 'b'],
    [...FROM_INSIDE, 'client 10.96.0.80:81', 'client udp 10.96.0.80:53', 'client 10.96.0.80:53'],
  ),
  { name: 'a target port by name', services: withNamedPort(), probes: FROM_INSIDE },
  one('no endpoints', {}, [], FROM_INSIDE),
  one('unready endpoints only', {}, ['a:unready'], FROM_INSIDE),
  one('terminating endpoints that serve', {}, ['a:unready', 'b:terminating'], FROM_INSIDE),
  one('terminating endpoints beside a ready one', {}, ['a', 'b:terminating'], FROM_INSIDE),
  one('internalTrafficPolicy Local', { internalTrafficPolicy: 'Local' }, ['a'], FROM_INSIDE),
  { name: 'trafficDistribution', services: withHints({}), probes: FROM_INSIDE },
  one('ClientIP affinity', { sessionAffinity: 'ClientIP' }, ['a', 'b'], FROM_INSIDE),
  one('NodePort', external('NodePort'), ['a', 'b'], [...FROM_INSIDE, ...TO_NODE_PORT]),
  one('NodePort, no endpoints', external('NodePort'), [], [...FROM_INSIDE, ...TO_NODE_PORT]),
  one('NodePort, externalTrafficPolicy Local', external('NodePort', LOCAL), ['a'], [...FROM_INSIDE, ...TO_NODE_PORT]),
  one('LoadBalancer', external('LoadBalancer'), ['a', 'b'], [...FROM_INSIDE, ...TO_NODE_PORT, ...TO_VIP]),
  one('LoadBalancer, no endpoints', external('LoadBalancer'), [], TO_VIP),
  one('LoadBalancer, policy Local, here', external('LoadBalancer', { ...LOCAL, healthCheckNodePort: HEALTH_CHECK_PORT }), ['a'], [...TO_VIP, ...TO_NODE_PORT, ...HEALTH]),
  one('LoadBalancer, policy Local, elsewhere', external('LoadBalancer', { ...LOCAL, healthCheckNodePort: HEALTH_CHECK_PORT }), ['b'], [...TO_VIP, ...FROM_OUTSIDE, ...HEALTH]),
  one('LoadBalancer, inside the source ranges', external('LoadBalancer', { loadBalancerSourceRanges: ['192.168.99.200/32', '10.244.0.0/16'] }), ['a', 'b'], [...TO_VIP, ...FROM_OUTSIDE]),
  one('LoadBalancer, outside the source ranges', external('LoadBalancer', { loadBalancerSourceRanges: ['198.51.100.0/24'] }), ['a', 'b'], [...TO_VIP, ...FROM_OUTSIDE]),
  one('LoadBalancer, source ranges with the nodes', external('LoadBalancer', { loadBalancerSourceRanges: ['192.168.99.0/25', '192.168.99.128/25'] }), ['b'], TO_VIP),
  one('LoadBalancer without node ports', external('LoadBalancer', { ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] }), ['a', 'b'], [...TO_VIP, ...FROM_OUTSIDE]),
  one('externalIPs', { externalIPs: ['192.0.2.1'] }, ['a', 'b'], ['lan 192.0.2.1:80', 'client 192.0.2.1:80', 'node-1 192.0.2.1:80']),
  one('externalIPs, policy Local', { externalIPs: ['192.0.2.1'], ...LOCAL }, ['b'], ['lan 192.0.2.1:80', 'client 192.0.2.1:80', 'node-1 192.0.2.1:80']),
  one('headless: no rules', { clusterIP: 'None', clusterIPs: ['None'] }, ['a'], ['client 10.96.0.80:80', 'client 10.244.1.2:80']),
  one('ExternalName: no rules', { type: 'ExternalName', externalName: 'example.com', clusterIPs: [] }, [], ['client 10.96.0.80:80']),
  one('UDP', { type: 'NodePort', ports: [{ ...DNS[0]!, nodePort: 30_053 }] }, ['a', 'b'], ['client udp 10.96.0.80:53', 'node-1 udp 10.96.0.80:53', 'lan udp 192.168.99.11:30053', 'a udp 10.96.0.80:53']),
  one('UDP, no endpoints', { ports: DNS }, [], ['client udp 10.96.0.80:53', 'node-1 udp 10.96.0.80:53']),
] // prettier-ignore
