import { formatAddress, formatPrefix } from '../address.ts'
import { listMatch } from '../netfilter/matches.ts'
import type { AddressCondition, Rule } from '../netfilter/rule.ts'
import type { Chain, Table } from '../netfilter/ruleset.ts'
import { listTarget, targetName } from '../netfilter/targets.ts'

export interface ListOptions {
  readonly numeric: boolean
  readonly verbose: boolean
  readonly lineNumbers: boolean
}

/** `iptables -L`: the chains as tables. `only` is the number of a single rule, which then stands without a head. */
export function listChains(
  table: Table,
  chains: readonly Chain[],
  options: ListOptions,
  only?: number,
): string {
  const references = table.references()
  return chains
    .map((chain) => {
      const rows = chain.rules.map((rule, index) => row(chain, rule, index, options))
      if (only !== undefined) return rows[only - 1] ?? ''
      return (
        [title(chain, references.get(chain.name) ?? 0, options), columns(options), ...rows].join('\n') + '\n'
      )
    })
    .join('\n')
}

function title({ name, policy, counter }: Chain, references: number, { verbose }: ListOptions): string {
  if (!policy) return `Chain ${name} (${references} references)`
  return `Chain ${name} (policy ${policy}${verbose ? ` ${counter.packets} packets, ${counter.bytes} bytes` : ''})`
}

function columns({ verbose, lineNumbers }: ListOptions): string {
  const number = lineNumbers ? 'num  ' : ''
  const counters = verbose ? ' pkts bytes ' : ''
  const interfaces = verbose ? 'in     out     ' : ''
  return `${number}${counters}target     prot opt ${interfaces}source               destination         `
}

function row(chain: Chain, rule: Rule, index: number, options: ListOptions): string {
  const { numeric, verbose, lineNumbers } = options
  const number = lineNumbers ? `${String(index + 1).padEnd(4)} ` : ''
  const counter = chain.counterOf(index)
  const counters = verbose ? `${short(counter.packets).padStart(5)} ${short(counter.bytes).padStart(5)} ` : ''
  const target = (rule.target ? targetName(rule.target) : '').padEnd(9)
  const protocol = `${rule.protocol?.not ? '!' : ' '}${protocolText(rule, numeric).padEnd(4)}`
  const interfaces = verbose ? ` ${interfaceText(rule.in)} ${interfaceText(rule.out)} ` : ''
  const addresses = [rule.source, rule.destination]
    .map((condition) => addressText(condition, numeric))
    .join(' ')
  const details = [
    ...rule.matches.map((match) => listMatch(match, numeric)),
    rule.target ? listTarget(rule.target, numeric) : '',
  ].filter((text) => text !== '')
  const tail = details.map((text) => ` ${text}`).join('')
  return `${number}${counters}${target} ${protocol} -- ${interfaces}${addresses} ${tail}`
}

const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { icmp: '1', tcp: '6', udp: '17' }

function protocolText({ protocol }: Rule, numeric: boolean): string {
  if (!protocol) return numeric ? '0' : 'all'
  return numeric ? (PROTOCOL_NUMBERS[protocol.name] ?? protocol.name) : protocol.name
}

const interfaceText = (condition: { name: string; not?: boolean } | undefined): string =>
  `${condition?.not ? '!' : ''}${condition?.name ?? '*'}`.padEnd(6)

function addressText(condition: AddressCondition | undefined, numeric: boolean): string {
  const bang = condition?.not ? '!' : ' '
  if (!condition) return bang + (numeric ? '0.0.0.0/0' : 'anywhere').padEnd(19)
  const { prefix } = condition
  const single = prefix.length === 32
  const text = single ? formatAddress(prefix.address) : formatPrefix(prefix)
  return bang + (single && !numeric && text === '127.0.0.1' ? 'localhost' : text).padEnd(19)
}

/** Counters above five digits in thousands, millions, ... */
function short(count: number): string {
  if (count <= 99_999) return String(count)
  let value = count
  for (const unit of ['K', 'M', 'G']) {
    value = Math.round(value / 1000)
    if (value <= 9999) return `${value}${unit}`
  }
  return `${Math.round(value / 1000)}T`
}
