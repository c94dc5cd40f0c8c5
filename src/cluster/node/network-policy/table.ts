import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../../../api/generated/types.ts'
import {
  ACCEPT,
  DROP,
  nft,
  NftChain,
  NftRule,
  NftSet,
  NftTable,
  parseAddress,
  type NftHook,
  type NftStatement,
} from '../../../network/index.ts'
import { namedPorts, rangesOfPeers, selects, type Population } from './selection.ts'

const { act, inSet, match, vmap } = nft

export const TABLE = 'ip network-policy'

/** The directions of traffic, seen from the Pod a policy is for, and where each is asked about. */
interface Direction {
  readonly type: 'Ingress' | 'Egress'
  /** The Pod's own side of a packet, and its peer's. */
  readonly own: 'ip saddr' | 'ip daddr'
  readonly peer: 'ip saddr' | 'ip daddr'
  readonly priority: number
}

const EGRESS: Direction = { type: 'Egress', own: 'ip saddr', peer: 'ip daddr', priority: -10 }
const INGRESS: Direction = { type: 'Ingress', own: 'ip daddr', peer: 'ip saddr', priority: -5 }

/** The table that enforces `policies` for the Pods `here`. Undefined when none of them is selected. */
export function policyTable(
  policies: readonly NetworkPolicy[],
  here: readonly Pod[],
  population: Population,
): NftTable | undefined {
  const table = new NftTable('ip', 'network-policy', 'NetworkPolicies of the Pods on this node')
  const selected = [EGRESS, INGRESS].map((direction) => enforce(table, direction, policies, here, population))
  return selected.some((count) => count > 0) ? table : undefined
}

/** One direction: a base chain, a map from Pods to their chains, and chains of Pods and policies. */
function enforce(
  table: NftTable,
  direction: Direction,
  all: readonly NetworkPolicy[],
  here: readonly Pod[],
  population: Population,
): number {
  const { type, own, peer, priority } = direction
  const word = type.toLowerCase()
  const policies = all.filter(({ spec }) => spec?.policyTypes?.includes(type))
  const isolated = here
    .map((pod) => ({ pod, by: policies.filter((policy) => selects(policy, pod)) }))
    .filter(({ by }) => by.length > 0)
  const pods = new NftSet({
    name: `isolated-${word}`,
    type: ['ipv4_addr'],
    isMap: true,
    comment: `Pods that policies for ${word} select`,
  })
  table.sets.set(pods.spec.name, pods)
  addChain(
    table,
    word,
    [new NftRule([ESTABLISHED, act(ACCEPT)]), new NftRule([vmap([own], pods.spec.name)])],
    {
      type: 'filter',
      hook: 'FORWARD',
      priority,
      policy: 'ACCEPT',
    },
  )
  for (const policy of new Set(isolated.flatMap(({ by }) => by)))
    addChain(table, chainOf(word, policy), policyRules(table, direction, policy, here, population))
  for (const { pod, by } of isolated) {
    const address = parseAddress(pod.status!.podIP!)
    const chain = `pod-${chainOf(word, pod)}`
    addChain(table, chain, [
      new NftRule([match(peer, address), act(ACCEPT)], 'a Pod reaches itself'),
      ...by.map((policy) => new NftRule([act({ kind: 'jump', chain: chainOf(word, policy) })])),
      new NftRule([act(DROP)]),
    ])
    pods.add({ key: [address], verdict: { kind: 'goto', chain } })
  }
  return isolated.length
}

const ESTABLISHED: NftStatement = { kind: 'ct', about: 'state', names: ['established', 'related'] }

const chainOf = (word: string, { metadata }: NetworkPolicy | Pod) =>
  `${word}-${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`

function addChain(table: NftTable, name: string, rules: readonly NftRule[], base?: NftHook): void {
  const chain = new NftChain(name, base ? { base } : {})
  chain.rules = rules
  table.chains.set(name, chain)
}

/** What a policy allows in one direction: a rule for each of its ports from (or to) each of its groups of peers. */
function policyRules(
  table: NftTable,
  direction: Direction,
  policy: NetworkPolicy,
  here: readonly Pod[],
  population: Population,
): NftRule[] {
  const allowed: readonly { peers: readonly NetworkPolicyPeer[]; ports: readonly NetworkPolicyPort[] }[] =
    direction.type === 'Ingress'
      ? (policy.spec?.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
      : (policy.spec?.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }))
  const name = chainOf(direction.type.toLowerCase(), policy)
  return allowed.flatMap(({ peers, ports }, index) => {
    const conditions =
      peers.length > 0 ? [fromPeers(table, direction, `${name}-${index}`, peers, policy, population)] : []
    if (ports.length === 0) return [new NftRule([...conditions, act(ACCEPT)])]
    const listening =
      direction.type === 'Ingress' ? here.filter((pod) => selects(policy, pod)) : population.pods
    return ports.map(
      (port, at) =>
        new NftRule([
          ...conditions,
          ...onPort(table, port, `${name}-${index}-port-${at}`, listening),
          act(ACCEPT),
        ]),
    )
  })
}

function fromPeers(
  table: NftTable,
  { peer }: Direction,
  name: string,
  peers: readonly NetworkPolicyPeer[],
  policy: NetworkPolicy,
  population: Population,
): NftStatement {
  const set = new NftSet({ name, type: ['ipv4_addr'], flags: ['interval'] })
  set.ranges = rangesOfPeers(peers, policy.metadata?.namespace ?? '', population)
  table.sets.set(name, set)
  return inSet([peer], name)
}

/** A port, a range of them, all of a protocol, or what Pods call so. */
function onPort(
  table: NftTable,
  spec: NetworkPolicyPort,
  name: string,
  listening: readonly Pod[],
): NftStatement[] {
  const { port, endPort, protocol = 'TCP' } = spec
  const word = protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp'
  if (port === undefined) return [match('meta l4proto', word)]
  if (typeof port === 'number')
    return [match(`${word} dport`, endPort === undefined ? port : { first: port, last: endPort })]
  const set = new NftSet({
    name,
    type: ['ipv4_addr', 'inet_proto', 'inet_service'],
    comment: `ports called ${port}`,
  })
  for (const named of namedPorts(spec, listening))
    set.add({ key: [named.address, named.protocol, named.port] })
  table.sets.set(name, set)
  return [inSet(['ip daddr', 'meta l4proto', 'th dport'], name)]
}
