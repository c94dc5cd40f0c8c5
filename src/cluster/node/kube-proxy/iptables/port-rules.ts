import {
  comment,
  parsePrefix,
  Rule,
  tcp,
  udp,
  type Match,
  type RuleSpec,
  type Target,
} from '../../../../network/index.ts'
import type { ServicePort } from '../service-port.ts'

/** The chains that the rules of all Services share. */
export type SharedChain =
  'KUBE-SERVICES' | 'KUBE-NODEPORTS' | 'KUBE-EXTERNAL-SERVICES' | 'KUBE-PROXY-FIREWALL'

/** The rules of one Service port: its lines in the shared chains, and its own chains in `nat`. */
export interface PortRules {
  readonly nat: ReadonlyMap<SharedChain, readonly Rule[]>
  readonly filter: ReadonlyMap<SharedChain, readonly Rule[]>
  readonly chains: ReadonlyMap<string, readonly Rule[]>
}

/** Gathers the rules of one port. */
export class PortRuleCollector implements PortRules {
  readonly nat = new Map<SharedChain, Rule[]>()
  readonly filter = new Map<SharedChain, Rule[]>()
  readonly chains = new Map<string, readonly Rule[]>()
  readonly #port: ServicePort

  constructor(port: ServicePort) {
    this.#port = port
  }

  shared(table: 'nat' | 'filter', chain: SharedChain, spec: RuleSpec): void {
    append(this[table], chain, new Rule(spec))
  }

  own(chain: string, spec: RuleSpec): void {
    append(this.chains, chain, new Rule(spec))
  }

  /** `-d IP/32 -p PROTOCOL -m comment --comment "NAME WHAT" -m PROTOCOL --dport PORT`. */
  to(ip: string, what: string, target: Target): RuleSpec {
    return {
      destination: { prefix: parsePrefix(ip) },
      protocol: { name: this.#port.protocol },
      matches: [this.says(what), this.dport(this.#port.port)],
      target,
    }
  }

  says(what: string): Match {
    return comment(`${this.#port.name} ${what}`)
  }

  dport(port: number): Match {
    return this.#port.protocol === 'tcp' ? tcp(port) : udp(port)
  }
}

function append<Key>(lists: Map<Key, readonly Rule[]>, key: Key, rule: Rule): void {
  const list = lists.get(key) as Rule[] | undefined
  if (list) list.push(rule)
  else lists.set(key, [rule])
}
