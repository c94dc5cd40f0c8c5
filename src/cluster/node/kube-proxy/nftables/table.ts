import {
  DROP,
  masquerade,
  NftChain,
  NftRule,
  NftSet,
  NftTable,
  nft,
  parseAddress,
  mergeRanges,
  parsePrefix,
  rangeOf,
  reject,
  type NftFamily,
  type NftHook,
  type NftSetSpec,
  type NftStatement,
} from '../../../../network/index.ts'
import type { Surroundings } from '../service-writer.ts'

/** The mark that says: this packet's source has to become the node's own address. */
const MASQUERADE_BIT = 0x4000

export const setMasqueradeMark: NftStatement = { kind: 'set mark', operator: '|', value: MASQUERADE_BIT }

/** The sets and maps that all Services share. */
export type SharedSet =
  | 'hairpin-connections'
  | 'cluster-ips'
  | 'no-endpoint-services'
  | 'no-endpoint-nodeports'
  | 'firewall-ips'
  | 'service-ips'
  | 'service-nodeports'

export const REJECT_CHAIN = 'reject-chain'

const { act, inSet, match, vmap } = nft
/** One prefix as such, several in braces. */
export const anyOf = (cidrs: readonly string[]) => {
  const prefixes = cidrs.map(parsePrefix)
  return prefixes.length === 1 ? prefixes[0]! : mergeRanges(prefixes.map(rangeOf))
}
const jumpTo = (chain: string) => act({ kind: 'jump', chain })
const NEW: NftStatement = { kind: 'ct', about: 'state', names: ['new'] }
const PORT = ['meta l4proto', 'th dport'] as const

/**
 * The table `kube-proxy` of one family without any Service: what hangs at the hooks, and the sets and maps in which
 * Services are looked up. IPv6 has the table too, though nothing is ever entered there.
 * @param clusterCidr where Pods live; what comes from elsewhere to a ClusterIP is masqueraded
 */
export function createTable(
  family: NftFamily,
  { node, serviceCidrs }: Surroundings,
  clusterCidr: string,
): NftTable {
  const table = new NftTable(family, 'kube-proxy', 'rules for kube-proxy')
  for (const spec of setsOf(family)) table.sets.set(spec.name, new NftSet(spec))
  table.sets.get('nodeport-ips')?.add({ key: [parseAddress(node.ip)] })
  for (const [name, base, rules] of BASE_CHAINS) {
    const chain = new NftChain(name, { base })
    chain.rules = rules.map((statements) => new NftRule(statements))
    table.chains.set(name, chain)
  }
  for (const [name, rules] of sharedChains(family, serviceCidrs, clusterCidr)) {
    const options =
      name === REJECT_CHAIN ? { comment: 'helper for @no-endpoint-services / @no-endpoint-nodeports' } : {}
    const chain = new NftChain(name, options)
    chain.rules = rules
    table.chains.set(name, chain)
  }
  return table
}

function setsOf(family: NftFamily): readonly NftSetSpec[] {
  const address = family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'
  const port = ['inet_proto', 'inet_service'] as const
  const set = (name: string, type: NftSetSpec['type'], comment: string) => ({ name, type, comment })
  const map = (name: SharedSet, type: NftSetSpec['type'], comment: string) => ({
    ...set(name, type, comment),
    isMap: true,
  })
  return [
    set('hairpin-connections', [address, address, ...port], 'service hairpin connections'),
    set('cluster-ips', [address], 'Active ClusterIPs'),
    ...(family === 'ip' ? [set('nodeport-ips', [address], 'IPs that accept NodePort traffic')] : []),
    map(
      'no-endpoint-services',
      [address, ...port],
      'vmap to drop or reject packets to services with no endpoints',
    ),
    map(
      'no-endpoint-nodeports',
      port,
      'vmap to drop or reject packets to service nodeports with no endpoints',
    ),
    map('firewall-ips', [address, ...port], 'destinations that are subject to LoadBalancerSourceRanges'),
    map('service-ips', [address, ...port], 'ClusterIP, ExternalIP and LoadBalancer IP traffic'),
    map('service-nodeports', port, 'NodePort traffic'),
  ]
}

const base = (type: NftHook['type'], hook: NftHook['hook'], priority: number): NftHook => ({
  type,
  hook,
  priority,
  policy: 'ACCEPT',
})

/** What packets meet at the hooks; the filters ask new connections only. */
const BASE_CHAINS: readonly (readonly [string, NftHook, readonly (readonly NftStatement[])[]])[] = [
  // Before DNAT, while the destination is still the load balancer's address.
  ['filter-prerouting-pre-dnat', base('filter', 'PREROUTING', -110), [[NEW, jumpTo('firewall-check')]]],
  ['filter-output-pre-dnat', base('filter', 'OUTPUT', -110), [[NEW, jumpTo('firewall-check')]]],
  [
    'filter-input',
    base('filter', 'INPUT', 0),
    [
      [NEW, jumpTo('nodeport-endpoints-check')],
      [NEW, jumpTo('service-endpoints-check')],
    ],
  ],
  ...(['FORWARD', 'OUTPUT'] as const).map(
    (hook) =>
      [
        `filter-${hook.toLowerCase()}`,
        base('filter', hook, 0),
        [
          [NEW, jumpTo('service-endpoints-check')],
          [NEW, jumpTo('cluster-ips-check')],
        ],
      ] as const,
  ),
  ['nat-prerouting', base('nat', 'PREROUTING', -100), [[jumpTo('services')]]],
  ['nat-output', base('nat', 'OUTPUT', -100), [[jumpTo('services')]]],
  ['nat-postrouting', base('nat', 'POSTROUTING', 100), [[jumpTo('masquerading')]]],
]

/** The chains between the hooks and the Services. */
function sharedChains(
  family: NftFamily,
  serviceCidrs: readonly string[],
  clusterCidr: string,
): readonly (readonly [string, readonly NftRule[]])[] {
  const source = `${family} saddr` as const
  const destination = `${family} daddr` as const
  const service = [destination, ...PORT] as const
  const isClusterIp = inSet([destination], 'cluster-ips')
  const isNodePort =
    family === 'ip' ? [inSet([destination], 'nodeport-ips')] : [match(destination, '::1', true)]
  const masqueradeNow = act(masquerade({ randomFully: true }))
  const ipv4Only = (rule: NftRule) => (family === 'ip' ? [rule] : [])
  return [
    ['nodeport-endpoints-check', [new NftRule([...isNodePort, vmap(PORT, 'no-endpoint-nodeports')])]],
    ['service-endpoints-check', [new NftRule([vmap(service, 'no-endpoint-services')])]],
    ['firewall-check', [new NftRule([vmap(service, 'firewall-ips')])]],
    [
      'services',
      [
        ...ipv4Only(
          new NftRule(
            [isClusterIp, match(source, parsePrefix(clusterCidr), true), setMasqueradeMark],
            'masquerade clusterIP traffic from outside cluster',
          ),
        ),
        new NftRule([vmap(service, 'service-ips')]),
        new NftRule([
          ...(family === 'ip' ? [] : [match('fib daddr type', 'local')]),
          ...isNodePort,
          vmap(PORT, 'service-nodeports'),
        ]),
      ],
    ],
    [
      'masquerading',
      [
        new NftRule([
          { kind: 'mark set', mask: MASQUERADE_BIT, isSet: true },
          // The mark is taken off again, lest a second pass through the stack masquerades once more.
          { kind: 'set mark', operator: '^', value: MASQUERADE_BIT },
          masqueradeNow,
        ]),
        // An endpoint that calls itself through its Service must not get its own address as the sender's.
        new NftRule([
          { kind: 'ct', about: 'status', names: ['dnat'] },
          inSet([source, destination, ...PORT], 'hairpin-connections'),
          masqueradeNow,
        ]),
      ],
    ],
    [
      'cluster-ips-check',
      [
        new NftRule([isClusterIp, act(reject())], 'Reject traffic to invalid ports of ClusterIPs'),
        ...(serviceCidrs.length > 0
          ? ipv4Only(
              new NftRule(
                [match(destination, anyOf(serviceCidrs)), act(DROP)],
                'Drop traffic to unallocated ClusterIPs',
              ),
            )
          : []),
      ],
    ],
    [REJECT_CHAIN, [new NftRule([act(reject())])]],
  ]
}
