import type { EndpointSlice, Service } from '../../../api/generated/types.ts'
import {
  ACCEPT,
  comment,
  DROP,
  dstType,
  inPrefix,
  jump,
  nfacct,
  parseAddress,
  parsePrefix,
  probability,
  recentCheck,
  reject,
  srcType,
  tcp,
  type RuleSpec,
  type Target,
} from '../../../network/index.ts'
import { serviceChains, type ServiceChains } from './chain-names.ts'
import { endpointRules } from './endpoint-rules.ts'
import { PortRuleCollector, type PortRules } from './port-rules.ts'
import {
  endpointsOf,
  isExternal,
  reachable,
  servicePorts,
  type ProxyNode,
  type Reachable,
  type ServiceEndpoint,
  type ServicePort,
} from './service-port.ts'

export interface ProxyConfig {
  /** `clusterCIDR`: where Pods live; from elsewhere a ClusterIP is masqueraded. */
  readonly clusterCIDR: string
}

const MASQUERADE = jump('KUBE-MARK-MASQ')
const LOCALHOST = parsePrefix('127.0.0.0/8')

/**
 * The rules of every port of one Service on one node. `slices` are the EndpointSlices of that Service. Where it makes
 * no difference which node asks, all nodes get the same ones, made once.
 */
export function rulesForService(
  node: ProxyNode,
  service: Service,
  slices: readonly EndpointSlice[],
  config: ProxyConfig,
): readonly PortRules[] {
  const make = () =>
    servicePorts(service).map((port) => rulesForPort(node, port, endpointsOf(port, slices), config))
  if (dependsOnNode(service, slices)) return make()
  const last = made.get(service)
  if (last && last.config.clusterCIDR === config.clusterCIDR && sameItems(last.slices, slices))
    return last.rules
  const rules = make()
  made.set(service, { slices, config, rules })
  return rules
}

interface Made {
  readonly slices: readonly EndpointSlice[]
  readonly config: ProxyConfig
  readonly rules: readonly PortRules[]
}

/** Objects of the API are shared and never change: the same ones have the same rules. */
const made = new WeakMap<Service, Made>()

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])

function dependsOnNode({ spec }: Service, slices: readonly EndpointSlice[]): boolean {
  if (spec?.internalTrafficPolicy === 'Local' || spec?.externalTrafficPolicy === 'Local') return true
  if (spec?.loadBalancerSourceRanges?.length) return true
  return slices.some(({ endpoints }) => endpoints?.some(({ hints }) => hints))
}

function rulesForPort(
  node: ProxyNode,
  port: ServicePort,
  endpoints: readonly ServiceEndpoint[],
  config: ProxyConfig,
): PortRules {
  const chains = serviceChains(port.name, port.protocol)
  const reach = reachable(port, endpoints, node)
  const rules = new PortRuleCollector(port)
  const internal = policyOf(port.internalLocal, reach, chains)
  const external = policyOf(port.externalLocal, reach, chains)
  captureClusterIP(rules, port, reach, internal.chain)
  if (isExternal(port)) captureExternal(rules, port, reach, chains, external.endpoints.length > 0)
  if (port.healthCheckNodePort !== 0) {
    const conditions = {
      protocol: { name: 'tcp' },
      matches: [rules.says('health check node port'), tcp(port.healthCheckNodePort)],
    }
    rules.shared('filter', 'KUBE-NODEPORTS', { ...conditions, target: ACCEPT })
  }
  if (reach.anywhere) fillChains(rules, port, reach, chains, { internal, external, node, config })
  return rules
}

interface Policy {
  readonly chain: string
  readonly endpoints: readonly ServiceEndpoint[]
}

const policyOf = (isLocal: boolean, reach: Reachable, chains: ServiceChains): Policy =>
  isLocal
    ? { chain: chains.local, endpoints: reach.local }
    : { chain: chains.cluster, endpoints: reach.cluster }

/** The ClusterIP leads to the chain of the internal policy; without endpoints it is refused, without local ones dropped. */
function captureClusterIP(
  rules: PortRuleCollector,
  port: ServicePort,
  reach: Reachable,
  chain: string,
): void {
  const endpoints = port.internalLocal ? reach.local : reach.cluster
  if (endpoints.length > 0) {
    rules.shared('nat', 'KUBE-SERVICES', rules.to(port.clusterIP, 'cluster IP', jump(chain)))
  } else {
    const [says, target] = refusal(reach)
    rules.shared('filter', 'KUBE-SERVICES', rules.to(port.clusterIP, says, target))
  }
}

/** External addresses, load balancer addresses and the node port lead to the external chain. */
function captureExternal(
  rules: PortRuleCollector,
  port: ServicePort,
  reach: Reachable,
  chains: ServiceChains,
  hasExternal: boolean,
): void {
  const [says, target] = refusal(reach)
  const refuse = (ip: string) => rules.shared('filter', 'KUBE-EXTERNAL-SERVICES', rules.to(ip, says, target))
  const toExternal = jump(chains.external)
  for (const ip of port.externalIPs) {
    if (reach.anywhere) rules.shared('nat', 'KUBE-SERVICES', rules.to(ip, 'external IP', toExternal))
    if (!hasExternal) refuse(ip)
  }
  const guarded = reach.anywhere && port.sourceRanges.length > 0
  for (const ip of port.loadBalancerVIPs) {
    const first = guarded ? jump(chains.firewall) : toExternal
    if (reach.anywhere) rules.shared('nat', 'KUBE-SERVICES', rules.to(ip, 'loadbalancer IP', first))
    if (guarded) {
      rules.shared(
        'filter',
        'KUBE-PROXY-FIREWALL',
        rules.to(ip, `traffic not accepted by ${chains.firewall}`, DROP),
      )
    }
    if (!hasExternal) refuse(ip)
  }
  if (port.nodePort === 0) return
  if (reach.anywhere) {
    const matches = [comment(port.name), rules.dport(port.nodePort)]
    const protocol = { name: port.protocol }
    rules.shared('nat', 'KUBE-NODEPORTS', {
      destination: { prefix: LOCALHOST },
      protocol,
      matches: [...matches, nfacct('localhost_nps_accepted_pkts')],
      target: toExternal,
    })
    rules.shared('nat', 'KUBE-NODEPORTS', { protocol, matches, target: toExternal })
  }
  if (!hasExternal) {
    rules.shared('filter', 'KUBE-EXTERNAL-SERVICES', {
      protocol: { name: port.protocol },
      matches: [rules.says(says), dstType('LOCAL'), rules.dport(port.nodePort)],
      target,
    })
  }
}

/** What is said and done about a port that has no endpoint to offer. */
const refusal = (reach: Reachable): [string, Target] =>
  reach.anywhere ? ['has no local endpoints', DROP] : ['has no endpoints', reject()]

/** The Service's own chains in `nat`: policies first, then one chain an endpoint. */
function fillChains(
  rules: PortRuleCollector,
  port: ServicePort,
  reach: Reachable,
  chains: ServiceChains,
  about: { internal: Policy; external: Policy; node: ProxyNode; config: ProxyConfig },
): void {
  const pods = parsePrefix(about.config.clusterCIDR)
  if (about.internal.endpoints.length > 0) {
    const toClusterIP = rules.to(port.clusterIP, 'cluster IP', MASQUERADE)
    rules.own(about.internal.chain, { ...toClusterIP, source: { prefix: pods, not: true } })
  }
  if (isExternal(port)) fillExternal(rules, port, chains, about.external, pods)
  if (port.sourceRanges.length > 0 && port.loadBalancerVIPs.length > 0)
    fillFirewall(rules, port, chains, about.node)
  for (const { chain, endpoints } of [
    { chain: chains.cluster, endpoints: reach.cluster },
    { chain: chains.local, endpoints: reach.local },
  ]) {
    balance(rules, port, chain, endpoints)
  }
  for (const endpoint of reach.all) {
    const { chain, rules: own } = endpointRules(port, endpoint)
    rules.chains.set(chain, own)
  }
}

/** With policy Cluster the answer has to come back through this node; with Local the client's address can stay. */
function fillExternal(
  rules: PortRuleCollector,
  port: ServicePort,
  chains: ServiceChains,
  external: Policy,
  pods: ReturnType<typeof parsePrefix>,
): void {
  const says = (text: string) => comment(`${text} for ${port.name} external destinations`)
  const own = (spec: RuleSpec) => rules.own(chains.external, spec)
  if (!port.externalLocal) own({ matches: [says('masquerade traffic')], target: MASQUERADE })
  else {
    const cluster = jump(chains.cluster)
    own({ source: { prefix: pods }, matches: [says('pod traffic')], target: cluster })
    own({ matches: [says('masquerade LOCAL traffic'), srcType('LOCAL')], target: MASQUERADE })
    own({ matches: [says('route LOCAL traffic'), srcType('LOCAL')], target: cluster })
  }
  if (external.endpoints.length > 0) own({ target: jump(external.chain) })
}

/** `loadBalancerSourceRanges`. A node inside a range may also use the address as its own. */
function fillFirewall(
  rules: PortRuleCollector,
  port: ServicePort,
  chains: ServiceChains,
  node: ProxyNode,
): void {
  const allow = (source: string) =>
    rules.own(chains.firewall, {
      source: { prefix: parsePrefix(source) },
      matches: [rules.says('loadbalancer IP')],
      target: jump(chains.external),
    })
  for (const range of port.sourceRanges) allow(range)
  if (port.sourceRanges.some((range) => inPrefix(parseAddress(node.ip), parsePrefix(range)))) {
    for (const ip of port.loadBalancerVIPs) allow(ip)
  }
  rules.own(chains.firewall, {
    matches: [comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`)],
  })
}

/** Clients that were seen before go back to their endpoint; the others are spread evenly. */
function balance(
  rules: PortRuleCollector,
  port: ServicePort,
  chain: string,
  endpoints: readonly ServiceEndpoint[],
): void {
  const targets = endpoints.map((endpoint) => endpointRules(port, endpoint))
  if (port.affinitySeconds > 0) {
    for (const { says, chain: to } of targets) {
      rules.own(chain, { matches: [says, recentCheck(to, port.affinitySeconds)], target: jump(to) })
    }
  }
  targets.forEach(({ says, chain: to }, index) => {
    const left = targets.length - index
    // kube-proxy writes ten decimals of the probability, and the last endpoint takes the rest.
    const matches = left === 1 ? [says] : [says, probability(Number((1 / left).toFixed(10)))]
    rules.own(chain, { matches, target: jump(to) })
  })
}
