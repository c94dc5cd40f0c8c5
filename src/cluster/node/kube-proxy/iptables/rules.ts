import {
  ACCEPT,
  comment,
  DROP,
  dstType,
  jump,
  nfacct,
  parsePrefix,
  probability,
  recentCheck,
  reject,
  srcType,
  tcp,
  type Prefix,
  type RuleSpec,
  type Target,
} from '../../../../network/index.ts'
import type { PortPlan } from '../plan.ts'
import { isExternal, type ServiceEndpoint, type ServicePort } from '../service-port.ts'
import { serviceChains, type ServiceChains } from './chain-names.ts'
import { endpointRules } from './endpoint-rules.ts'
import { PortRuleCollector, type PortRules } from './port-rules.ts'

const MASQUERADE = jump('KUBE-MARK-MASQ')
const LOCALHOST = parsePrefix('127.0.0.0/8')

/**
 * The rules for one port of a Service.
 * @param clusterCidr where Pods live; what comes from elsewhere to a ClusterIP is masqueraded
 */
export function rulesForPort(plan: PortPlan, clusterCidr: string): PortRules {
  const last = made.get(plan)
  if (last?.clusterCidr === clusterCidr) return last.rules
  const rules = makeRules(plan, parsePrefix(clusterCidr))
  made.set(plan, { clusterCidr, rules })
  return rules
}

/** Many nodes may have the same plan. */
const made = new WeakMap<PortPlan, { readonly clusterCidr: string; readonly rules: PortRules }>()

function makeRules(plan: PortPlan, pods: Prefix): PortRules {
  const { port } = plan
  const chains = serviceChains(port.name, port.protocol)
  const rules = new PortRuleCollector(port)
  captureClusterIP(rules, plan, chains)
  if (isExternal(port)) captureExternal(rules, plan, chains)
  if (port.healthCheckNodePort !== 0) {
    const conditions = {
      protocol: { name: 'tcp' },
      matches: [rules.says('health check node port'), tcp(port.healthCheckNodePort)],
    }
    rules.shared('filter', 'KUBE-NODEPORTS', { ...conditions, target: ACCEPT })
  }
  if (plan.reach.anywhere) fillChains(rules, plan, chains, pods)
  return rules
}

/** The ClusterIP leads to the chain of the internal policy; without endpoints it is refused, without local ones dropped. */
function captureClusterIP(rules: PortRuleCollector, plan: PortPlan, chains: ServiceChains): void {
  const { port, internal } = plan
  if (internal.endpoints.length > 0) {
    const toChain = jump(chains[internal.scope])
    rules.shared('nat', 'KUBE-SERVICES', rules.to(port.clusterIP, 'cluster IP', toChain))
  } else {
    const [says, target] = refusal(plan)
    rules.shared('filter', 'KUBE-SERVICES', rules.to(port.clusterIP, says, target))
  }
}

/** External addresses, load balancer addresses and the node port lead to the external chain. */
function captureExternal(rules: PortRuleCollector, plan: PortPlan, chains: ServiceChains): void {
  const { port, reach, external } = plan
  const [says, target] = refusal(plan)
  const hasExternal = external.endpoints.length > 0
  const refuse = (ip: string) => rules.shared('filter', 'KUBE-EXTERNAL-SERVICES', rules.to(ip, says, target))
  const toExternal = jump(chains.external)
  for (const ip of port.externalIPs) {
    if (reach.anywhere) rules.shared('nat', 'KUBE-SERVICES', rules.to(ip, 'external IP', toExternal))
    if (!hasExternal) refuse(ip)
  }
  const guarded = reach.anywhere && plan.allowedSources !== undefined
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
const refusal = (plan: PortPlan): [string, Target] =>
  plan.refusal === 'drop' ? ['has no local endpoints', DROP] : ['has no endpoints', reject()]

/** The Service's own chains in `nat`: policies first, then one chain an endpoint. */
function fillChains(rules: PortRuleCollector, plan: PortPlan, chains: ServiceChains, pods: Prefix): void {
  const { port, reach, internal } = plan
  if (internal.endpoints.length > 0) {
    const toClusterIP = rules.to(port.clusterIP, 'cluster IP', MASQUERADE)
    rules.own(chains[internal.scope], { ...toClusterIP, source: { prefix: pods, not: true } })
  }
  if (isExternal(port)) fillExternal(rules, plan, chains, pods)
  if (plan.allowedSources) fillFirewall(rules, plan.allowedSources, port, chains)
  balance(rules, port, chains.cluster, reach.cluster)
  balance(rules, port, chains.local, reach.local)
  for (const endpoint of reach.all) {
    const { chain, rules: own } = endpointRules(port, endpoint)
    rules.chains.set(chain, own)
  }
}

/** With policy Cluster the answer has to come back through this node; with Local the client's address can stay. */
function fillExternal(
  rules: PortRuleCollector,
  { port, external }: PortPlan,
  chains: ServiceChains,
  pods: Prefix,
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
  if (external.endpoints.length > 0) own({ target: jump(chains[external.scope]) })
}

/** `loadBalancerSourceRanges`. */
function fillFirewall(
  rules: PortRuleCollector,
  sources: readonly string[],
  port: ServicePort,
  chains: ServiceChains,
): void {
  for (const source of sources) {
    rules.own(chains.firewall, {
      source: { prefix: parsePrefix(source) },
      matches: [rules.says('loadbalancer IP')],
      target: jump(chains.external),
    })
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
