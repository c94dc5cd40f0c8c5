import { IptablesError } from '../netfilter/options.ts'
import { isTableName, Table, type Netfilter, type TableName } from '../netfilter/ruleset.ts'
import { edit } from './edit.ts'
import { parseCommand } from './parse.ts'

export interface RestoreOptions {
  /** `--noflush`: leave what the input does not name. */
  readonly noFlush?: boolean
  /** `--counters`: take over `[packets:bytes]`. */
  readonly counters?: boolean
  /** `--test`: only say whether it would work. */
  readonly test?: boolean
  /** `--table`: of the input only this one. */
  readonly table?: string
}

/** A table under construction: it takes the place of the live one at COMMIT, or not at all. */
interface Draft {
  readonly name: TableName
  readonly table: Table
}

/**
 * Reads what `iptables-save` writes. A table is changed as a whole at its COMMIT.
 * @throws IptablesError that names the line
 */
export function restore(input: string, netfilter: Netfilter, options: RestoreOptions = {}): void {
  let draft: Draft | undefined
  let lineNumber = 0
  const finished: Draft[] = []
  for (const line of input.split('\n')) {
    lineNumber++
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('*')) draft = begin(line.slice(1).trim(), netfilter, options, lineNumber)
    else if (line.trim() === 'COMMIT' && draft) {
      if (!options.table || options.table === draft.name) finished.push(draft)
      draft = undefined
    } else if (!draft) {
      throw new IptablesError(`line ${lineNumber} failed`, 1, false)
    } else apply(draft, line, options, lineNumber)
  }
  if (draft) throw new IptablesError(`COMMIT expected at line ${lineNumber}`, 1, false)
  if (options.test) return
  for (const { name, table } of finished) netfilter.replaceTable(name, table)
}

function begin(name: string, netfilter: Netfilter, { noFlush }: RestoreOptions, line: number): Draft {
  if (!isTableName(name))
    throw at(line, new IptablesError(`iptables-restore: line ${line} table name '${name}' invalid`))
  const live = netfilter.tables.get(name)
  return { name, table: noFlush && live ? live.copy() : new Table(name) }
}

function apply({ table }: Draft, line: string, options: RestoreOptions, lineNumber: number): void {
  try {
    if (line.startsWith(':')) return declare(table, line, options, lineNumber)
    const counted = /^\[(\d+):(\d+)\]\s*/.exec(line)
    const command = parseCommand(splitWords(counted ? line.slice(counted[0].length) : line))
    edit(table, command)
    if (!counted || !options.counters || command.verb !== 'A') return
    const chain = table.chain(command.chain!)!
    const counter = chain.counterOf(chain.rules.length - 1)
    counter.packets = Number(counted[1])
    counter.bytes = Number(counted[2])
  } catch (error) {
    throw error instanceof IptablesError ? at(lineNumber, error) : error
  }
}

/** `:NAME POLICY [packets:bytes]`: makes the chain, or empties it. */
function declare(table: Table, line: string, options: RestoreOptions, lineNumber: number): void {
  const [name = '', policy, counters = ''] = line.slice(1).split(/\s+/)
  const chain = table.ensureChain(name)
  chain.rules = []
  if (policy === undefined) throw new IptablesError(`iptables-restore: line ${lineNumber} policy invalid`)
  if (chain.policy && policy !== '-') {
    if (policy !== 'ACCEPT' && policy !== 'DROP') {
      throw new IptablesError(`iptables-restore: line ${lineNumber} policy invalid`)
    }
    chain.policy = policy
  }
  const counted = /^\[(\d+):(\d+)\]$/.exec(counters)
  if (!counted || !options.counters || !chain.policy) return
  chain.counter.packets = Number(counted[1])
  chain.counter.bytes = Number(counted[2])
}

/** What the real program adds to say where: after a usage error a line of its own, else the line in front. */
function at(line: number, { message, exitCode, versioned }: IptablesError): IptablesError {
  if (exitCode === 2) return new IptablesError(`${message}\nError occurred at line: ${line}`, 2, versioned)
  return new IptablesError(`line ${line} failed: ${message.trim()}`, exitCode, versioned)
}

/** Words as `iptables-restore` splits them: blanks, double quotes, backslashes inside those. */
function splitWords(line: string): string[] {
  const words: string[] = []
  for (const [, quoted, bare] of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    words.push(quoted === undefined ? bare! : quoted.replace(/\\(.)/g, '$1'))
  }
  return words
}
