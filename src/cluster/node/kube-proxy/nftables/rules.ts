import {
  dnat,
  DROP,
  nft,
  NftRule,
  parseAddress,
  parsePrefix,
  type NftElement,
  type NftSetSpec,
  type NftStatement,
  type Target,
} from '../../../../network/index.ts'
import type { PortPlan } from '../plan.ts'
import { isExternal, type ServiceEndpoint, type ServicePort } from '../service-port.ts'
import { endpointNames, serviceChains } from './names.ts'
import { anyOf, REJECT_CHAIN, setMasqueradeMark, type SharedSet } from './table.ts'

const { act, inSet, match } = nft
const goTo = (chain: string): Target => ({ kind: 'goto', chain })

/** What one port of a Service adds to the table: chains, sets of its own, and elements of the shared sets and maps. */
export interface PortRules {
  readonly chains: ReadonlyMap<string, readonly NftRule[]>
  readonly affinitySets: readonly NftSetSpec[]
  readonly elements: readonly (readonly [SharedSet, NftElement])[]
}

/** @param clusterCidr where Pods live: their traffic to external addresses may use any endpoint */
export function rulesForPort(plan: PortPlan, clusterCidr: string): PortRules {
  const last = made.get(plan)
  if (last?.clusterCidr === clusterCidr) return last.rules
  const rules: PortRules = {
    chains: new Map(plan.reach.anywhere || plan.allowedSources ? chainsOf(plan, clusterCidr) : []),
    affinitySets: plan.port.affinitySeconds > 0 ? affinitySets(plan) : [],
    elements: elementsOf(plan),
  }
  made.set(plan, { clusterCidr, rules })
  return rules
}

/** Many nodes may have the same plan. */
const made = new WeakMap<PortPlan, { readonly clusterCidr: string; readonly rules: PortRules }>()

/** Connections that a node's endpoints may have with themselves. The only elements that differ from node to node. */
export function hairpinElements({ port, reach }: PortPlan, nodeName: string): NftElement[] {
  return reach.all
    .filter((endpoint) => endpoint.nodeName === nodeName)
    .map(({ ip, port: number }) => ({
      key: [parseAddress(ip), parseAddress(ip), port.protocol, number],
    }))
}

function elementsOf(plan: PortPlan): (readonly [SharedSet, NftElement])[] {
  const { port, reach, internal, external } = plan
  const chains = serviceChains(port)
  const refusal: Target = plan.refusal === 'reject' ? goTo(REJECT_CHAIN) : DROP
  const refuse = (key: NftElement['key']) => ({ key, comment: port.name, verdict: refusal })
  const at = (ip: string) => [parseAddress(ip), port.protocol, port.port]
  const elements: (readonly [SharedSet, NftElement])[] = [
    ['cluster-ips', { key: [parseAddress(port.clusterIP)] }],
    internal.endpoints.length > 0
      ? ['service-ips', { key: at(port.clusterIP), verdict: goTo(chains[internal.scope]) }]
      : ['no-endpoint-services', refuse(at(port.clusterIP))],
  ]
  const toExternal = goTo(chains.external)
  for (const ip of [...port.externalIPs, ...port.loadBalancerVIPs]) {
    if (reach.anywhere) elements.push(['service-ips', { key: at(ip), verdict: toExternal }])
    if (external.endpoints.length === 0) elements.push(['no-endpoint-services', refuse(at(ip))])
  }
  if (plan.allowedSources)
    for (const ip of port.loadBalancerVIPs)
      elements.push(['firewall-ips', { key: at(ip), verdict: goTo(chains.firewall) }])
  if (port.nodePort === 0) return elements
  const nodePort = [port.protocol, port.nodePort]
  if (reach.anywhere) elements.push(['service-nodeports', { key: nodePort, verdict: toExternal }])
  if (external.endpoints.length === 0) elements.push(['no-endpoint-nodeports', refuse(nodePort)])
  return elements
}

/** The chains of a port in the order in which kube-proxy makes them. */
function* chainsOf(plan: PortPlan, clusterCidr: string): Iterable<[string, readonly NftRule[]]> {
  const { port, reach } = plan
  const chains = serviceChains(port)
  if (port.affinitySeconds > 0) for (const endpoint of reach.all) yield endpointChain(port, endpoint)
  if (reach.cluster.length > 0) yield [chains.cluster, balance(port, reach.cluster)]
  if (reach.local.length > 0) yield [chains.local, balance(port, reach.local)]
  if (reach.anywhere && isExternal(port)) yield [chains.external, externalRules(plan, clusterCidr)]
  if (plan.allowedSources) {
    const others = match('ip saddr', anyOf(plan.allowedSources), true)
    yield [chains.firewall, [new NftRule([others, act(DROP)])]]
  }
}

/** With policy Cluster the answer has to come back through this node; with Local the client's address can stay. */
function externalRules({ port, external }: PortPlan, clusterCidr: string): readonly NftRule[] {
  const chains = serviceChains(port)
  const toCluster = act(goTo(chains.cluster))
  const onward = external.endpoints.length > 0 ? [new NftRule([act(goTo(chains[external.scope]))])] : []
  if (external.scope === 'cluster') return [new NftRule([setMasqueradeMark], 'masquerade'), ...onward]
  const fromNode = match('fib saddr type', 'local')
  return [
    new NftRule([match('ip saddr', parsePrefix(clusterCidr)), toCluster], 'short-circuit pod traffic'),
    new NftRule([fromNode, setMasqueradeMark], 'masquerade local traffic'),
    new NftRule([fromNode, toCluster], 'short-circuit local traffic'),
    ...onward,
  ]
}

/** One rule spreads connections evenly; with affinity, clients that were seen before go back to their endpoint first. */
function balance(port: ServicePort, endpoints: readonly ServiceEndpoint[]): readonly NftRule[] {
  if (port.affinitySeconds === 0) {
    const targets = endpoints.map(({ ip, port: number }) => ({ address: parseAddress(ip), port: number }))
    return [new NftRule([ofProtocol(port), { kind: 'numgen dnat', endpoints: targets }])]
  }
  const names = endpoints.map((endpoint) => endpointNames(port, endpoint))
  return [
    ...names.map(({ chain, affinity }) => new NftRule([inSet(['ip saddr'], affinity), act(goTo(chain))])),
    new NftRule([{ kind: 'numgen goto', chains: names.map(({ chain }) => chain) }]),
  ]
}

function endpointChain(port: ServicePort, endpoint: ServiceEndpoint): [string, readonly NftRule[]] {
  const { chain, affinity } = endpointNames(port, endpoint)
  return [
    chain,
    [
      new NftRule([{ kind: 'update', set: affinity, key: ['ip saddr'] }]),
      new NftRule([ofProtocol(port), act(dnat(parseAddress(endpoint.ip), endpoint.port))]),
    ],
  ]
}

const ofProtocol = (port: ServicePort): NftStatement => match('meta l4proto', port.protocol)

const affinitySets = ({ port, reach }: PortPlan): NftSetSpec[] =>
  reach.all.map((endpoint) => ({
    name: endpointNames(port, endpoint).affinity,
    type: ['ipv4_addr'],
    size: 65_535,
    flags: ['dynamic', 'timeout'],
    timeoutS: port.affinitySeconds,
  }))
