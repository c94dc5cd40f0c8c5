import { inPrefix, parseAddress, parsePrefix, type IpSetType } from '../../../../network/index.ts'
import type { PortPlan } from '../plan.ts'
import type { ProxyNode } from '../service-port.ts'

/** The ipsets of this mode: its rules are the same whatever Services there are, and only the sets change. */
export const SETS = {
  'KUBE-LOOP-BACK': 'hash:ip,port,ip',
  'KUBE-CLUSTER-IP': 'hash:ip,port',
  'KUBE-EXTERNAL-IP': 'hash:ip,port',
  'KUBE-EXTERNAL-IP-LOCAL': 'hash:ip,port',
  'KUBE-LOAD-BALANCER': 'hash:ip,port',
  'KUBE-LOAD-BALANCER-LOCAL': 'hash:ip,port',
  'KUBE-LOAD-BALANCER-FW': 'hash:ip,port',
  'KUBE-LOAD-BALANCER-SOURCE-IP': 'hash:ip,port,ip',
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': 'hash:ip,port,net',
  'KUBE-NODE-PORT-TCP': 'bitmap:port',
  'KUBE-NODE-PORT-LOCAL-TCP': 'bitmap:port',
  'KUBE-NODE-PORT-UDP': 'bitmap:port',
  'KUBE-NODE-PORT-LOCAL-UDP': 'bitmap:port',
  'KUBE-HEALTH-CHECK-NODE-PORT': 'bitmap:port',
  'KUBE-IPVS-IPS': 'hash:ip',
} as const satisfies Readonly<Record<string, IpSetType>>

export type SetName = keyof typeof SETS

/** What one port of a Service enters into the sets of a node. */
export function entriesOf(plan: PortPlan, node: ProxyNode): readonly (readonly [SetName, string])[] {
  const { port, reach, allowedSources } = plan
  const at = (ip: string) => `${ip},${port.protocol}:${port.port}`
  const entries: (readonly [SetName, string])[] = [['KUBE-CLUSTER-IP', at(port.clusterIP)]]
  for (const ip of port.externalIPs)
    entries.push([port.externalLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP', at(ip)])
  for (const ip of port.loadBalancerVIPs) {
    entries.push(['KUBE-LOAD-BALANCER', at(ip)])
    if (port.externalLocal) entries.push(['KUBE-LOAD-BALANCER-LOCAL', at(ip)])
    if (!allowedSources) continue
    entries.push(['KUBE-LOAD-BALANCER-FW', at(ip)])
    for (const range of port.sourceRanges)
      entries.push(['KUBE-LOAD-BALANCER-SOURCE-CIDR', `${at(ip)},${range}`])
    if (port.sourceRanges.some((range) => inPrefix(parseAddress(node.ip), parsePrefix(range))))
      entries.push(['KUBE-LOAD-BALANCER-SOURCE-IP', `${at(ip)},${ip}`])
  }
  if (port.nodePort !== 0) {
    const protocol = port.protocol === 'tcp' ? 'TCP' : 'UDP'
    entries.push([`KUBE-NODE-PORT-${protocol}`, String(port.nodePort)])
    if (port.externalLocal) entries.push([`KUBE-NODE-PORT-LOCAL-${protocol}`, String(port.nodePort)])
  }
  if (port.healthCheckNodePort !== 0)
    entries.push(['KUBE-HEALTH-CHECK-NODE-PORT', String(port.healthCheckNodePort)])
  for (const endpoint of reach.all) {
    if (endpoint.nodeName !== node.name) continue
    entries.push(['KUBE-LOOP-BACK', `${endpoint.ip},${port.protocol}:${endpoint.port},${endpoint.ip}`])
  }
  for (const ip of boundAddresses(plan)) entries.push(['KUBE-IPVS-IPS', ip])
  return entries
}

/** The addresses that have to be the node's own, so that packets to them come in at all. */
export const boundAddresses = ({ port }: PortPlan): readonly string[] => [
  port.clusterIP,
  ...port.externalIPs,
  ...port.loadBalancerVIPs,
]
