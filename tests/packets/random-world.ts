/** Clusters by chance: Services, endpoints in every condition, labels, NetworkPolicies, and attempts to connect. */
import fc from 'fast-check'
import type { EndpointSlice, NetworkPolicy, Pod, Service } from '../../src/api/generated/types.ts'
import { isAddressed } from '../../src/cluster/node/network-policy/selection.ts'
import { policyTable } from '../../src/cluster/node/network-policy/table.ts'
import { cluster, NODES, PODS, TCP_PORTS } from './cluster.ts'
import type { Attempt, ReferenceWorld } from './reference.ts'

const NAMESPACES = ['shop', 'other']
const LAN_RANGES = ['192.168.99.200/32', '192.168.99.0/24', '10.244.0.0/16', '198.51.100.0/24']

const labels = fc.record({ app: fc.constantFrom('web', 'db'), tier: fc.constantFrom('front', 'back') })
const some = <T>(values: fc.Arbitrary<T>, maxLength: number) => fc.array(values, { maxLength })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const selector = fc
  .oneof(
    fc.constant({}),
    labels.map(({ app }) => ({ app })),
    labels.map(({ tier }) => ({ tier })),
  )
  .map((matchLabels) => ({ matchLabels: matchLabels as Record<string, string> }))

const ipBlock = fc.constantFrom(
  { cidr: '0.0.0.0/0' },
  { cidr: '0.0.0.0/0', except: ['10.244.1.0/24'] },
  { cidr: '10.244.0.0/16', except: ['10.244.1.8/29', '10.244.2.2/32'] },
  { cidr: '10.96.0.0/16' },
  { cidr: '192.168.99.0/24', except: ['192.168.99.12/32'] },
  { cidr: '192.168.99.200/32' },
)
const peer = fc.oneof(
  selector.map((podSelector) => ({ podSelector })),
  fc.constantFrom('x', 'y').map((team) => ({ namespaceSelector: { matchLabels: { team } } })),
  fc.record({ namespaceSelector: fc.constant({}), podSelector: selector }),
  ipBlock.map((block) => ({ ipBlock: block })),
)
const policyPort = fc.constantFrom(
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 8080 },
  { protocol: 'TCP', port: 79, endPort: 90 },
  { protocol: 'TCP', port: 'http' },
  { protocol: 'TCP', port: 30_000, endPort: 32_767 },
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP' },
)

const rule = fc.record({ peers: some(peer, 2), ports: some(policyPort, 2) })

const policy = (name: string): fc.Arbitrary<NetworkPolicy> =>
  fc
    .record({
      namespace: fc.constantFrom(...NAMESPACES),
      podSelector: selector,
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: some(rule, 2),
      egress: some(rule, 2),
    })
    .map(({ namespace, podSelector, policyTypes, ingress, egress }) => ({
      metadata: { name, namespace },
      spec: {
        podSelector,
        policyTypes,
        ingress: ingress.map(({ peers, ports }) => ({ from: peers, ports })),
        egress: egress.map(({ peers, ports }) => ({ to: peers, ports })),
      },
    }))

const CONDITIONS = {
  ready: { ready: true, serving: true, terminating: false },
  unready: { ready: false, serving: false, terminating: false },
  terminating: { ready: false, serving: true, terminating: true },
  gone: { ready: false, serving: false, terminating: true },
}

/** The `index`th Service, which shares nothing with the others. */
const service = (index: number): fc.Arbitrary<{ service: Service; slices: readonly EndpointSlice[] }> =>
  fc
    .record({
      type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
      targetPort: fc.constantFrom(...TCP_PORTS, 81),
      protocol: fc.constantFrom('TCP', 'TCP', 'TCP', 'UDP'),
      internalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
      externalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
      externalIPs: fc.constantFrom([], ['192.0.2.1']),
      ranges: some(fc.constantFrom(...LAN_RANGES), 2),
      endpoints: fc.dictionary(
        fc.constantFrom(...Object.keys(PODS)),
        fc.constantFrom(...typedKeys(CONDITIONS)),
      ),
    })
    .map(({ type, targetPort: tcpPort, protocol, externalTrafficPolicy, ranges, endpoints, ...spec }) => {
      const isExternal = type !== 'ClusterIP'
      const [port, targetPort] = protocol === 'UDP' ? [53, 53] : [80, tcpPort]
      const balanced = type === 'LoadBalancer' && index === 0
      return {
        service: {
          metadata: { namespace: 'shop', name: `web-${index}` },
          spec: {
            ...spec,
            type,
            clusterIP: `10.96.0.8${index}`,
            clusterIPs: [`10.96.0.8${index}`],
            externalIPs: index === 0 ? spec.externalIPs : [],
            ports: [{ port, targetPort, protocol, ...(isExternal && { nodePort: 30_080 + index }) }],
            ...(isExternal && { externalTrafficPolicy }),
            ...(balanced && ranges.length > 0 && { loadBalancerSourceRanges: [...new Set(ranges)] }),
          },
          status: { loadBalancer: balanced ? { ingress: [{ ip: '203.0.113.10', ipMode: 'VIP' }] } : {} },
        },
        slices: [
          {
            addressType: 'IPv4',
            ports: [{ name: '', protocol, port: targetPort }],
            endpoints: Object.entries(endpoints).map(([pod, condition]) => ({
              addresses: [PODS[pod]![1]],
              nodeName: PODS[pod]![0],
              conditions: CONDITIONS[condition],
            })),
          },
        ],
      }
    })

function typedKeys<T extends object>(object: T): (keyof T & string)[] {
  return Object.keys(object) as (keyof T & string)[]
}

const pod = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  labels,
  namedPorts: fc.constantFrom({ http: 80 }, { http: 8080 }, {}),
}) as fc.Arbitrary<ReferenceWorld['pods'][string]>

export const randomWorld: fc.Arbitrary<ReferenceWorld> = fc.record({
  mode: fc.constantFrom('iptables', 'nftables'),
  services: fc.oneof(fc.tuple(service(0)), fc.tuple(service(0), service(1))),
  policies: fc
    .tuple(maybe(policy('p')), maybe(policy('q')), maybe(policy('r')))
    .map((policies) => policies.filter((one) => one !== undefined)),
  pods: fc.record(Object.fromEntries(Object.keys(PODS).map((name) => [name, pod]))),
  namespaces: fc.record({
    shop: fc.constant({ team: 'x' }),
    other: fc.record({ team: fc.constantFrom('x', 'y') }),
  }),
})

/** Everything in a world that can be tried, from everywhere. */
export function attemptsIn({ services }: ReferenceWorld): Attempt[] {
  const everywhere = [...Object.keys(PODS), ...Object.keys(NODES), 'lan']
  const inside = everywhere.filter((from) => from !== 'lan')
  const attempts: Attempt[] = []
  const from = (
    places: readonly string[],
    address: string,
    port: number,
    protocol: Attempt['protocol'] = 'tcp',
  ) => attempts.push(...places.map((place) => ({ from: place, protocol, address, port })))
  for (const { service: one } of services) {
    const { clusterIP, externalIPs = [], ports } = one.spec!
    const { port, nodePort, protocol: name } = ports![0]!
    const protocol = name === 'UDP' ? 'udp' : 'tcp'
    from(inside, clusterIP!, port, protocol)
    const balanced = (one.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip!)
    for (const address of [...externalIPs, ...balanced]) from(everywhere, address, port, protocol)
    if (nodePort) for (const address of Object.values(NODES)) from(everywhere, address, nodePort, protocol)
  }
  for (const [, address] of Object.values(PODS))
    for (const port of [...TCP_PORTS, 81]) from(inside, address, port)
  return attempts
}

/** The world in our network, with kube-proxy's rules and the policies' tables. */
export function build(world: ReferenceWorld, seed: number): ReturnType<typeof cluster> {
  const built = cluster(world.services, { mode: world.mode, seed })
  const pods = Object.entries(world.pods).map(([name, { namespace, labels: own, namedPorts }]): Pod => {
    const [nodeName, podIP] = PODS[name]!
    const ports = Object.entries(namedPorts).map(([called, containerPort]) => ({
      name: called,
      containerPort,
      protocol: 'TCP',
    }))
    return {
      metadata: { name, namespace, labels: own },
      spec: { nodeName, containers: [{ name, ports }] },
      status: { podIP, phase: 'Running' },
    }
  })
  const namespaceLabels = (name: string) => world.namespaces[name]
  for (const node of Object.keys(NODES)) {
    const here = pods.filter((one) => one.spec!.nodeName === node && isAddressed(one))
    const table = policyTable(world.policies, here, { pods, namespaceLabels })
    if (table) built.hosts[node]!.netfilter.nftables.add(table)
  }
  return built
}

/** What became of an attempt, in the reference's words. A datagram from somebody else than was asked is no answer. */
export function outcomeOf(answer: string, { address }: Attempt): string {
  const [text = '', via = address] = answer.split(' via ')
  if (text.includes(' saw ')) return via === address ? text : 'lost'
  if (text === 'nothing') return 'lost'
  return text.startsWith('ECONNREFUSED') ? 'refused' : 'unreachable'
}
