/**
 * What should become of a connection, said once more and as plainly as can be: from the documentation of Services and
 * NetworkPolicies, without rules, tables or a walk. It knows the cluster of `cluster.ts` and what is in it.
 */
import type {
  EndpointSlice,
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Service,
} from '../../src/api/generated/types.ts'
import { NODES, PODS, TCP_PORTS } from './cluster.ts'

export interface ReferenceWorld {
  readonly mode: 'iptables' | 'nftables'
  readonly services: readonly { readonly service: Service; readonly slices: readonly EndpointSlice[] }[]
  readonly policies: readonly NetworkPolicy[]
  readonly pods: Readonly<Record<string, ReferencePod>>
  readonly namespaces: Readonly<Record<string, Labels>>
}

export interface ReferencePod {
  readonly namespace: string
  readonly labels: Labels
  /** Its ports by name; TCP. */
  readonly namedPorts: Readonly<Record<string, number>>
}

type Labels = Readonly<Record<string, string>>

/** Who connects, and where to. */
export interface Attempt {
  readonly from: string
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
}

const nodeOf = (pod: string) => PODS[pod]![0]
const nodeAddress = (node: string) => NODES[node as keyof typeof NODES]
const gatewayOf = (node: string) => `10.244.${node.at(-1)}.1`
const addressOf = (name: string) => PODS[name]?.[1] ?? nodeAddress(name) ?? '192.168.99.200'
const podAt = (address: string) => Object.keys(PODS).find((pod) => PODS[pod]![1] === address)
const nodeAt = (address: string) => Object.keys(NODES).find((node) => nodeAddress(node) === address)

/**
 * All that may become of an attempt: `a saw 10.244.1.9`, `refused`, `lost`, or `unreachable` when it left the cluster for
 * where nobody is; several where chance decides.
 */
export function outcomes(world: ReferenceWorld, attempt: Attempt): string[] {
  const { from, address } = attempt
  // Whose packet filter sees it first: the Pod's node, the node itself, or the node that the LAN hands it to.
  const first = from in PODS ? nodeOf(from) : from in NODES ? from : (nodeAt(address) ?? 'node-1')
  const found = serviceAt(world, first, attempt)
  if (found) return throughService(world, first, attempt, found)
  const pod = podAt(address)
  if (pod) return [toPod(world, attempt, { at: first, pod, port: attempt.port, masquerade: false })]
  // A node port of the other node: that one resolves it.
  const second = nodeAt(address)!
  if (from in PODS && !mayLeave(world, attempt, address, attempt.port)) return ['lost']
  const there = serviceAt(world, second, attempt)
  return there ? throughService(world, second, attempt, there) : ['refused']
}

interface Found {
  readonly spec: NonNullable<Service['spec']>
  readonly slices: readonly EndpointSlice[]
  readonly kind: 'cluster IP' | 'external IP' | 'load balancer' | 'node port'
  readonly portName: string
}

/** The Service that a destination means on a node, if any. */
function serviceAt(world: ReferenceWorld, node: string, attempt: Attempt): Found | undefined {
  for (const { service, slices } of world.services) {
    const { spec = {}, status } = service
    const balancers = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)
    for (const { name = '', port, nodePort, protocol = 'TCP' } of spec.ports ?? []) {
      if (protocol.toLowerCase() !== attempt.protocol) continue
      const found = (kind: Found['kind']) => ({ spec, slices, kind, portName: name })
      if (attempt.port === port) {
        if (spec.clusterIP === attempt.address) return found('cluster IP')
        if (spec.externalIPs?.includes(attempt.address)) return found('external IP')
        if (balancers.includes(attempt.address)) return found('load balancer')
      }
      if (nodePort === attempt.port && attempt.address === nodeAddress(node)) return found('node port')
    }
  }
  return undefined
}

interface Backend {
  readonly address: string
  readonly port: number
  readonly node: string
}

/** Ready endpoints; without any, those that terminate and still serve. */
function backends({ slices, portName }: Found, node?: string): Backend[] {
  const all = slices.flatMap(({ endpoints, ports }) =>
    (endpoints ?? []).map((endpoint) => ({
      endpoint,
      port: ports!.find(({ name }) => (name ?? '') === portName)!.port!,
    })),
  )
  const here = all.filter(({ endpoint }) => node === undefined || endpoint.nodeName === node)
  const ready = here.filter(({ endpoint }) => endpoint.conditions!.ready)
  const serving = here.filter(
    ({ endpoint: { conditions } }) => conditions!.serving && conditions!.terminating,
  )
  return (ready.length > 0 ? ready : serving).map(({ endpoint, port }) => ({
    address: endpoint.addresses[0]!,
    port,
    node: endpoint.nodeName!,
  }))
}

/** @param at the node that resolves the Service */
function throughService(world: ReferenceWorld, at: string, attempt: Attempt, found: Found): string[] {
  const { spec, kind } = found
  const { from } = attempt
  const isExternal = kind !== 'cluster IP'
  const policy = isExternal ? spec.externalTrafficPolicy : spec.internalTrafficPolicy
  // Pods, and the node itself, may use any endpoint under an external address.
  const isInside = from in PODS || from === at
  const isLocal = policy === 'Local' && !(isExternal && isInside)
  const anywhere = backends(found).length > 0
  const outside = kind === 'load balancer' && !inRanges(addressOf(from), spec.loadBalancerSourceRanges)
  // In nftables mode source ranges are asked first, in iptables mode whether there is an endpoint.
  if (outside && (anywhere || world.mode === 'nftables')) return ['lost']
  // A policy sees where a packet goes: nowhere else than it was sent to, without an endpoint.
  const mayGo = () =>
    !(from in PODS) || nodeOf(from) !== at || mayLeave(world, attempt, attempt.address, attempt.port)
  if (!anywhere) {
    // In iptables mode nobody refuses on behalf of external addresses what starts on a node itself: it goes to where
    // nobody is, of which TCP hears.
    if (world.mode === 'iptables' && from === at && (kind === 'external IP' || kind === 'load balancer'))
      return [attempt.protocol === 'tcp' ? 'unreachable' : 'lost']
    return mayGo() ? ['refused'] : ['lost']
  }
  const chosen = backends(found, isLocal ? at : undefined)
  if (chosen.length === 0) return ['lost']
  const masquerade = isExternal ? policy !== 'Local' || from === at : !(from in PODS)
  return chosen.map(({ address, port }) => {
    const pod = podAt(address)!
    // A Pod must not be answered by itself under its own address: nftables mode sees to it on the Pod's node only.
    const hairpin = pod === from && (world.mode === 'iptables' || nodeOf(pod) === at)
    return toPod(world, attempt, { at, pod, port, masquerade: masquerade || hairpin })
  })
}

const inRanges = (address: string, ranges: readonly string[] | undefined) =>
  !ranges?.length || ranges.some((range) => inBlock(address, range))

/** The rest of the way, from the node that resolved a Service (or saw the packet first) to a Pod. */
function toPod(
  world: ReferenceWorld,
  attempt: Attempt,
  way: { at: string; pod: string; port: number; masquerade: boolean },
): string {
  const { from, protocol } = attempt
  const { at, pod, port, masquerade } = way
  const home = nodeOf(pod)
  const address = addressOf(pod)
  const fromNode = from === at && home === at
  const sender = fromNode ? gatewayOf(at) : addressOf(from)
  const seen = !masquerade ? sender : home === at ? gatewayOf(at) : nodeAddress(at)!
  if (from in PODS && nodeOf(from) === at && !mayLeave(world, attempt, address, port)) return 'lost'
  // Where the Pod's node rewrites the source itself, policies are asked before.
  const asPeer = home === at ? sender : seen
  if (!fromNode && !isAllowed(world, 'Ingress', pod, asPeer, { protocol, port, at: pod })) return 'lost'
  // Answers have to come back through the node that changed the destination.
  const back = from in PODS ? nodeOf(from) : at
  if (!masquerade && home !== at && back !== at) return 'lost'
  const listens = protocol === 'tcp' ? TCP_PORTS.includes(port) : port === 53
  return listens ? `${pod} saw ${seen}` : 'refused'
}

/** The node a Pod is on, it may always speak with. */
const mayLeave = (world: ReferenceWorld, { from, protocol }: Attempt, address: string, port: number) =>
  address === nodeAddress(nodeOf(from)) ||
  isAllowed(world, 'Egress', from, address, { protocol, port, at: podAt(address) })

interface Destination {
  readonly protocol: string
  readonly port: number
  /** The Pod it belongs to, by whose names ports may be called. */
  readonly at: string | undefined
}

/** Whether the NetworkPolicies that select a Pod let it speak with a peer. */
function isAllowed(
  world: ReferenceWorld,
  type: 'Ingress' | 'Egress',
  pod: string,
  peer: string,
  destination: Destination,
): boolean {
  const { namespace, labels } = world.pods[pod]!
  const policies = world.policies.filter(
    ({ metadata, spec }) =>
      metadata!.namespace === namespace &&
      spec!.policyTypes!.includes(type) &&
      selectedBy(spec!.podSelector, labels),
  )
  if (policies.length === 0 || peer === addressOf(pod)) return true
  return policies.some(({ spec }) => {
    const rules =
      type === 'Ingress'
        ? (spec!.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
        : (spec!.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
    return rules.some(
      ({ peers, ports }) =>
        (!peers?.length || peers.some((one) => isPeer(world, namespace, one, peer))) &&
        (!ports?.length || ports.some((port) => isPort(world, port, destination))),
    )
  })
}

function isPeer(world: ReferenceWorld, namespace: string, peer: NetworkPolicyPeer, address: string): boolean {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock
    return inBlock(address, cidr) && !except.some((hole) => inBlock(address, hole))
  }
  const pod = world.pods[podAt(address) ?? '']
  if (!pod) return false
  const right = peer.namespaceSelector
    ? selectedBy(peer.namespaceSelector, world.namespaces[pod.namespace]!)
    : pod.namespace === namespace
  return right && selectedBy(peer.podSelector, pod.labels)
}

function isPort(
  world: ReferenceWorld,
  spec: NetworkPolicyPort,
  { protocol, port, at }: Destination,
): boolean {
  if ((spec.protocol ?? 'TCP').toLowerCase() !== protocol) return false
  if (spec.port === undefined) return true
  if (typeof spec.port === 'number') return port >= spec.port && port <= (spec.endPort ?? spec.port)
  return world.pods[at ?? '']?.namedPorts[spec.port] === port && protocol === 'tcp'
}

const selectedBy = (selector: LabelSelector | undefined, labels: Labels) =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value)

function inBlock(address: string, cidr: string): boolean {
  const [base = '', length = '32'] = cidr.split('/')
  const bits = (text: string) =>
    text
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('')
  return bits(address).slice(0, Number(length)) === bits(base).slice(0, Number(length))
}
