import {
  ACCEPT,
  comment,
  ctstate,
  DROP,
  dstType,
  jump,
  mark,
  masquerade,
  nfacct,
  RETURN,
  Rule,
  setMark,
  type Match,
  type Netfilter,
  type RuleSpec,
  type TableName,
} from '../../../../network/index.ts'

/** The mark that says: this packet's source has to become the node's own address. */
const MASQUERADE_BIT = 0x4000

/** A rule in a built-in chain that leads into one of ours. */
interface Jump {
  readonly table: TableName
  readonly from: string
  readonly to: string
  readonly says: string
  readonly onlyNew?: boolean
}

/** In the order in which kube-proxy sees to them; each is put in front of what is there. */
const JUMPS: readonly Jump[] = [
  ...['INPUT', 'FORWARD'].map((from) =>
    newTo('KUBE-EXTERNAL-SERVICES', from, 'kubernetes externally-visible service portals'),
  ),
  { table: 'filter', from: 'INPUT', to: 'KUBE-NODEPORTS', says: 'kubernetes health check service ports' },
  ...['FORWARD', 'OUTPUT'].map((from) => newTo('KUBE-SERVICES', from, 'kubernetes service portals')),
  { table: 'filter', from: 'FORWARD', to: 'KUBE-FORWARD', says: 'kubernetes forwarding rules' },
  ...['INPUT', 'OUTPUT', 'FORWARD'].map((from) =>
    newTo('KUBE-PROXY-FIREWALL', from, 'kubernetes load balancer firewall'),
  ),
  { table: 'nat', from: 'OUTPUT', to: 'KUBE-SERVICES', says: 'kubernetes service portals' },
  { table: 'nat', from: 'PREROUTING', to: 'KUBE-SERVICES', says: 'kubernetes service portals' },
  { table: 'nat', from: 'POSTROUTING', to: 'KUBE-POSTROUTING', says: 'kubernetes postrouting rules' },
]

function newTo(to: string, from: string, says: string): Jump {
  return { table: 'filter', from, to, says, onlyNew: true }
}

const rules = (...specs: RuleSpec[]): readonly Rule[] => specs.map((spec) => new Rule(spec))

/** The chains whose content never changes. */
const FIXED: readonly (readonly [TableName, string, readonly Rule[]])[] = [
  [
    'filter',
    'KUBE-FORWARD',
    rules(
      { matches: [ctstate('INVALID'), nfacct('ct_state_invalid_dropped_pkts')], target: DROP },
      {
        matches: [comment('kubernetes forwarding rules'), mark(MASQUERADE_BIT, MASQUERADE_BIT)],
        target: ACCEPT,
      },
      {
        matches: [comment('kubernetes forwarding conntrack rule'), ctstate('RELATED', 'ESTABLISHED')],
        target: ACCEPT,
      },
    ),
  ],
  ['nat', 'KUBE-MARK-MASQ', rules({ target: setMark(MASQUERADE_BIT, MASQUERADE_BIT) })],
  [
    'nat',
    'KUBE-POSTROUTING',
    rules(
      { matches: [mark(MASQUERADE_BIT, MASQUERADE_BIT, true)], target: RETURN },
      // The mark is taken off again, lest a second pass through the stack (a VXLAN, IPsec) masquerades once more.
      { target: setMark(MASQUERADE_BIT, 0) },
      {
        matches: [comment('kubernetes service traffic requiring SNAT')],
        target: masquerade({ randomFully: true }),
      },
    ),
  ],
]

/** The last rule of `KUBE-SERVICES` in `nat`. */
export const NODE_PORTS_JUMP = new Rule({
  matches: [
    comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain'),
    dstType('LOCAL'),
  ],
  target: jump('KUBE-NODEPORTS'),
})

/** The chain by whose absence kube-proxy notices that somebody flushed the tables. */
export const CANARY = 'KUBE-PROXY-CANARY'
export const CANARY_TABLES: readonly TableName[] = ['mangle', 'nat', 'filter']

/** Makes kube-proxy's chains and the jumps into them, where they are missing. */
export function ensureBaseRules(netfilter: Netfilter): void {
  for (const { table: name, from, to, says, onlyNew } of JUMPS) {
    const table = netfilter.table(name)
    table.ensureChain(to)
    const matches: Match[] = onlyNew ? [ctstate('NEW'), comment(says)] : [comment(says)]
    prepend(netfilter, name, from, new Rule({ matches, target: jump(to) }))
  }
  for (const [table, chain, fixed] of FIXED) {
    const existing = netfilter.table(table).ensureChain(chain)
    if (existing.rules !== fixed) existing.rules = fixed
  }
  netfilter.table('nat').ensureChain('KUBE-NODEPORTS')
}

export function ensureCanaries(netfilter: Netfilter): void {
  for (const table of CANARY_TABLES) netfilter.table(table).ensureChain(CANARY)
}

/** `iptables -C || iptables -I`. */
function prepend(netfilter: Netfilter, table: TableName, chainName: string, rule: Rule): void {
  const chain = netfilter.table(table).ensureChain(chainName)
  if (!chain.rules.some(({ text }) => text === rule.text)) chain.rules = [rule, ...chain.rules]
}

/** Takes away all that this mode writes, as kube-proxy does when it starts in a mode that does not build on it. */
export function removeRules(netfilter: Netfilter): void {
  for (const { table: name, from, to } of JUMPS) {
    const chain = netfilter.tables.get(name)?.chain(from)
    if (chain)
      chain.rules = chain.rules.filter(({ target }) => target?.kind !== 'jump' || target.chain !== to)
  }
  for (const table of netfilter.tables.values())
    for (const name of [...table.chains.keys()]) if (OWN_CHAIN.test(name)) table.deleteChain(name)
}

const OWN_CHAIN =
  /^KUBE-((SVC|SVL|EXT|FW|SEP)-|(SERVICES|NODEPORTS|EXTERNAL-SERVICES|PROXY-FIREWALL|FORWARD|MARK-MASQ|POSTROUTING|PROXY-CANARY)$)/
