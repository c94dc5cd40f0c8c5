import {
  comment,
  dnat,
  jump,
  parseAddress,
  parsePrefix,
  recentSet,
  Rule,
  tcp,
  udp,
  type Match,
} from '../../../../network/index.ts'
import { endpointChain } from './chain-names.ts'
import type { ServiceEndpoint, ServicePort } from '../service-port.ts'

/** The chain of one endpoint, what comments call the way there, and the rules in it. */
export interface EndpointRules {
  readonly chain: string
  readonly says: Match
  readonly rules: readonly Rule[]
}

/**
 * The end of the way: an endpoint that calls itself through its Service is masqueraded, lest it get its own address as
 * the sender's; then the destination becomes the endpoint's. The same on every node, so made once.
 */
export function endpointRules(port: ServicePort, { ip, port: number }: ServiceEndpoint): EndpointRules {
  const sticky = port.affinitySeconds > 0
  const key = `${port.name} ${port.protocol} ${ip}:${number}${sticky ? ' sticky' : ''}`
  let rules = made.get(key)
  if (rules) return rules
  const chain = endpointChain(port.name, port.protocol, `${ip}:${number}`)
  const says = comment(port.name)
  const transport = port.protocol === 'tcp' ? tcp() : udp()
  rules = {
    chain,
    says: comment(`${port.name} -> ${ip}:${number}`),
    rules: [
      new Rule({ source: { prefix: parsePrefix(ip) }, matches: [says], target: jump('KUBE-MARK-MASQ') }),
      new Rule({
        protocol: { name: port.protocol },
        matches: sticky ? [says, recentSet(chain), transport] : [says, transport],
        target: dnat(parseAddress(ip), number),
      }),
    ],
  }
  if (made.size >= REMEMBERED) made.clear()
  made.set(key, rules)
  return rules
}

const REMEMBERED = 200_000
const made = new Map<string, EndpointRules>()
