import { IptablesError } from '../netfilter/options.ts'
import type { Rule } from '../netfilter/rule.ts'
import { BUILT_IN, type Chain, type Table } from '../netfilter/ruleset.ts'
import type { Command } from './words.ts'

const missing = () => new IptablesError('No chain/target/match by that name.', 1, false)
const kernel = (what: string, why: string, chain: string) =>
  new IptablesError(` ${what} failed (${why}): rule in chain ${chain}`, 4)

/** Where the NAT targets may stand. */
const HOOKS_OF: Readonly<Record<string, readonly string[]>> = {
  DNAT: ['PREROUTING', 'OUTPUT'],
  REDIRECT: ['PREROUTING', 'OUTPUT'],
  SNAT: ['INPUT', 'POSTROUTING'],
  MASQUERADE: ['POSTROUTING'],
}

/** Carries out a command that changes a table. @throws IptablesError */
export function edit(table: Table, command: Command): void {
  EDITS[command.verb ?? '']?.(table, command)
}

const EDITS: Readonly<Record<string, (table: Table, command: Command) => void>> = {
  A: (table, command) => {
    const chain = chainOf(table, command)
    checkTargets(table, chain, command.rules, 'RULE_APPEND')
    chain.rules = [...chain.rules, ...command.rules]
  },
  I: (table, command) => {
    const chain = chainOf(table, command)
    const at = (command.number ?? 1) - 1
    if (at > chain.rules.length) throw new IptablesError('Index of insertion too big.', 1, false)
    checkTargets(table, chain, command.rules, 'RULE_INSERT')
    chain.rules = [...chain.rules.slice(0, at), ...[...command.rules].reverse(), ...chain.rules.slice(at)]
  },
  R: (table, command) => {
    const chain = chainOf(table, command)
    const at = command.number! - 1
    if (at >= chain.rules.length) throw new IptablesError('Index of replacement too big.', 1, false)
    checkTargets(table, chain, command.rules, 'RULE_REPLACE')
    chain.rules = chain.rules.with(at, command.rules[0]!)
  },
  D: (table, command) => {
    const chain = chainOf(table, command)
    if (command.number !== undefined) {
      if (command.number > chain.rules.length) throw new IptablesError('Index of deletion too big.', 1, false)
      chain.rules = chain.rules.toSpliced(command.number - 1, 1)
    } else for (const rule of command.rules) chain.rules = chain.rules.toSpliced(find(chain, rule), 1)
  },
  C: (table, command) => {
    const chain = chainOf(table, command)
    for (const rule of command.rules) find(chain, rule)
  },
  N: (table, { chain = '' }) => {
    if (table.chain(chain)) throw new IptablesError('Chain already exists.', 1, false)
    table.ensureChain(chain)
  },
  F: (table, command) => {
    for (const chain of command.chain === undefined ? table.chains.values() : [chainOf(table, command)])
      chain.rules = []
  },
  Z: (table, command) => {
    for (const chain of command.chain === undefined ? table.chains.values() : [chainOf(table, command)])
      chain.zero()
  },
  X: (table, command) => {
    const all = [...table.chains.values()].filter(({ policy }) => !policy)
    const chains = command.chain === undefined ? all : [chainOf(table, command)]
    const references = table.references()
    for (const { name, policy } of chains) {
      if (policy || references.has(name)) {
        throw new IptablesError(` CHAIN_DEL failed (Device or resource busy): chain ${name}`, 4)
      }
      table.deleteChain(name)
    }
  },
  P: (table, command) => {
    const chain = chainOf(table, command)
    if (!chain.policy) throw new IptablesError('Bad built-in chain name.', 1, false)
    if (command.argument !== 'ACCEPT' && command.argument !== 'DROP') {
      throw new IptablesError("Bad policy name. Run `dmesg' for more information.", 1, false)
    }
    chain.policy = command.argument
  },
  E: (table, command) => {
    const from = chainOf(table, command)
    if (table.chain(command.argument!)) throw new IptablesError('File exists.', 1, false)
    table.renameChain(from.name, command.argument!)
  },
}

/** @throws IptablesError when the command's chain does not exist */
export function chainOf(table: Table, command: Command): Chain {
  const chain = table.chain(command.chain ?? '')
  if (!chain) throw missing()
  return chain
}

function find(chain: Chain, rule: Rule): number {
  const index = chain.rules.findIndex(({ text }) => text === rule.text)
  if (index < 0) throw new IptablesError('Bad rule (does a matching rule exist in that chain?).', 1, false)
  return index
}

function checkTargets(table: Table, chain: Chain, rules: readonly Rule[], what: string): void {
  for (const { target } of rules) {
    if (!target) continue
    if (target.kind === 'jump' || target.kind === 'goto') {
      if (!table.chain(target.chain)) throw new IptablesError(`Chain '${target.chain}' does not exist`)
      if (BUILT_IN[table.name].some((name) => name === target.chain)) {
        throw kernel(what, 'No such file or directory', chain.name)
      }
      if (closesLoop(table, chain, target.chain)) throw kernel(what, 'Too many links', chain.name)
    }
    const hooks = HOOKS_OF[target.kind]
    const misplaced = hooks && (table.name !== 'nat' || (chain.policy && !hooks.includes(chain.name)))
    if (misplaced || (target.kind === 'REJECT' && table.name !== 'filter')) {
      throw kernel(what, 'Invalid argument', chain.name)
    }
  }
}

/** Whether a jump from `chain` to `next` makes a circle that packets could enter. */
function closesLoop(table: Table, chain: Chain, next: string): boolean {
  if (!leadsTo(table, next, chain.name)) return false
  return BUILT_IN[table.name].some((hook) => leadsTo(table, hook, chain.name))
}

/** Whether jumps lead from one chain to another (a chain leads to itself). */
function leadsTo(table: Table, from: string, to: string): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true
    if (seen.has(name)) continue
    seen.add(name)
    for (const { target } of table.chain(name)?.rules ?? []) {
      if (target?.kind === 'jump' || target?.kind === 'goto') open.push(target.chain)
    }
  }
  return false
}
