import { formatPrefix, inPrefix, type Prefix } from '../address.ts'
import type { Packet } from '../packet.ts'
import type { Context, Test } from './context.ts'
import { saveMatch, testOf, type Match } from './matches.ts'
import { saveTarget, type Target } from './targets.ts'

export interface AddressCondition {
  readonly prefix: Prefix
  readonly not?: boolean
}

/** `eth0`, or `veth+` for every interface whose name begins so. */
export interface InterfaceCondition {
  readonly name: string
  readonly not?: boolean
}

export interface ProtocolCondition {
  /** By name where it has one (`tcp`), otherwise its number. */
  readonly name: string
  readonly not?: boolean
}

/** What a rule says. Absent conditions hold for every packet; without a target a rule only counts. */
export interface RuleSpec {
  readonly source?: AddressCondition
  readonly destination?: AddressCondition
  readonly in?: InterfaceCondition
  readonly out?: InterfaceCondition
  readonly protocol?: ProtocolCondition
  /** In the order they were given; all must hold. */
  readonly matches?: readonly Match[]
  readonly target?: Target
}

/** A rule of a chain: never changed, so that many hosts can share one. Counters are the chain's. */
export class Rule implements RuleSpec {
  readonly source: AddressCondition | undefined
  readonly destination: AddressCondition | undefined
  readonly in: InterfaceCondition | undefined
  readonly out: InterfaceCondition | undefined
  readonly protocol: ProtocolCondition | undefined
  readonly matches: readonly Match[]
  readonly target: Target | undefined
  #tests: readonly Test[] | undefined
  #text: string | undefined

  constructor(spec: RuleSpec) {
    this.source = spec.source
    this.destination = spec.destination
    this.in = spec.in
    this.out = spec.out
    this.protocol = spec.protocol
    this.matches = spec.matches ?? NONE
    this.target = spec.target
  }

  /** Whether every condition holds. The tests are made of the conditions at the first packet. */
  holds(packet: Packet, context: Context): boolean {
    const tests = (this.#tests ??= testsOf(this))
    for (let index = 0; index < tests.length; index++) if (!tests[index]!(packet, context)) return false
    return true
  }

  /** The rule as `iptables-save` prints it, without `-A CHAIN`. Two rules are the same when this is the same. */
  get text(): string {
    return (this.#text ??= print(this))
  }
}

const NONE: readonly Match[] = []

/** Cheap and telling conditions come first: most rules fail on their destination. */
function testsOf(rule: Rule): Test[] {
  const { source, destination, protocol } = rule
  const tests: Test[] = []
  if (destination) tests.push(addressTest(destination, (packet) => packet.destination))
  if (source) tests.push(addressTest(source, (packet) => packet.source))
  if (protocol) tests.push((packet) => (packet.protocol === protocol.name) !== (protocol.not ?? false))
  if (rule.in) tests.push(interfaceTest(rule.in, (context) => context.in))
  if (rule.out) tests.push(interfaceTest(rule.out, (context) => context.out))
  for (const match of rule.matches) {
    const test = testOf(match)
    if (test) tests.push(test)
  }
  return tests
}

function addressTest({ prefix, not = false }: AddressCondition, of: (packet: Packet) => number): Test {
  if (prefix.length === 32 && !not) return (packet) => of(packet) === prefix.address
  return (packet) => inPrefix(of(packet), prefix) !== not
}

function interfaceTest({ name, not = false }: InterfaceCondition, of: (context: Context) => string): Test {
  if (!name.endsWith('+')) return (_packet, context) => (of(context) === name) !== not
  const start = name.slice(0, -1)
  return (_packet, context) => of(context).startsWith(start) !== not
}

function print(rule: Rule): string {
  const words: string[] = []
  const condition = (flag: string, value: { not?: boolean } | undefined, text: string) => {
    if (value) words.push(`${value.not ? '! ' : ''}${flag} ${text}`)
  }
  condition('-s', rule.source, rule.source ? formatPrefix(rule.source.prefix) : '')
  condition('-d', rule.destination, rule.destination ? formatPrefix(rule.destination.prefix) : '')
  condition('-i', rule.in, rule.in?.name ?? '')
  condition('-o', rule.out, rule.out?.name ?? '')
  condition('-p', rule.protocol, rule.protocol?.name ?? '')
  for (const match of rule.matches) words.push(saveMatch(match))
  if (rule.target) words.push(saveTarget(rule.target))
  return words.join(' ')
}
