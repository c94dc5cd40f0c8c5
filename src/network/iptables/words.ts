import type { Rule } from '../netfilter/rule.ts'

/** What a command line of `iptables`, or a line of `iptables-restore`, asks for. */
export interface Command {
  /** The letter: A, C, D, I, R, L, S, F, Z, N, X, P, E, V; undefined when none was given. */
  verb: string | undefined
  table: string | undefined
  chain: string | undefined
  /** `-I CHAIN 3`, `-D CHAIN 3`, `-L CHAIN 3`. */
  number: number | undefined
  /** The new name of `-E`, the policy of `-P`. */
  argument: string | undefined
  numeric: boolean
  verbose: boolean
  lineNumbers: boolean
  /** One rule for each pair of the addresses that `-s` and `-d` list. */
  rules: readonly Rule[]
}

/** What follows a verb: a chain that must or may be named, then a rule number or another word. */
export const VERBS: Readonly<
  Record<string, { long: string; chain: 'must' | 'may'; then?: 'number' | 'word' }>
> = {
  A: { long: 'append', chain: 'must' },
  C: { long: 'check', chain: 'must' },
  D: { long: 'delete', chain: 'must', then: 'number' },
  I: { long: 'insert', chain: 'must', then: 'number' },
  R: { long: 'replace', chain: 'must', then: 'number' },
  L: { long: 'list', chain: 'may', then: 'number' },
  S: { long: 'list-rules', chain: 'may', then: 'number' },
  F: { long: 'flush', chain: 'may' },
  Z: { long: 'zero', chain: 'may', then: 'number' },
  N: { long: 'new-chain', chain: 'must' },
  X: { long: 'delete-chain', chain: 'may' },
  P: { long: 'policy', chain: 'must', then: 'word' },
  E: { long: 'rename-chain', chain: 'must', then: 'word' },
}

const OTHER_OPTIONS =
  'table:t protocol:p proto:p source:s src:s destination:d dst:d in-interface:i out-interface:o match:m jump:j ' +
  'goto:g numeric:n verbose:v line-numbers:0 exact:x wait:w version:V ipv4:4'

/** Every long option, and the short one it stands for. */
export const LONG: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(VERBS).map(([letter, { long }]): [string, string] => [`--${long}`, letter]),
  ...OTHER_OPTIONS.split(' ').map((pair): [string, string] => [`--${pair.slice(0, -2)}`, pair.at(-1)!]),
])

/** The short options without an argument, which may be joined: `-nvL`. `0` stands for `--line-numbers`. */
export const FLAGS = 'nvx0V4'
export const PROTOCOL_NAMES: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' }
export const KNOWN_PROTOCOLS = ['tcp', 'udp', 'icmp', 'sctp', 'udplite', 'esp', 'ah']
export const MAX_CHAIN_NAME = 29
export const MAX_INTERFACE_NAME = 15
