import { IptablesError } from '../netfilter/options.ts'
import { isTableName, Table, type Chain, type Netfilter } from '../netfilter/ruleset.ts'
import { chainOf, edit } from './edit.ts'
import { listChains } from './list.ts'
import { parseCommand } from './parse.ts'
import { restore } from './restore.ts'
import { appendLine, IPTABLES_VERSION, saveRules } from './save.ts'
import type { Command } from './words.ts'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const done = (stdout = ''): CommandResult => ({ stdout, stderr: '', exitCode: 0 })
const failed = (stderr: string, exitCode: number): CommandResult => ({ stdout: '', stderr, exitCode })

/** `iptables ARGUMENTS`, without the program's name. */
export function runIptables(argv: readonly string[], netfilter: Netfilter): CommandResult {
  try {
    return run(parseCommand(argv), netfilter)
  } catch (error) {
    if (error instanceof IptablesError) return complaint('iptables', error)
    throw error
  }
}

/** `iptables-save [-c] [-t TABLE]`. */
export function runIptablesSave(argv: readonly string[], netfilter: Netfilter): CommandResult {
  let counters = false
  let table: string | undefined
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!
    if (word === '-c' || word === '--counters') counters = true
    else if (word === '-t' || word === '--table') table = argv[++index]
    else if (word === '-V' || word === '--version') return done(`iptables-save ${IPTABLES_VERSION}\n`)
    else
      return failed(
        `iptables-save: unrecognized option '${word}'\nLook at manual page \`iptables-save.8' for more information.\n`,
        1,
      )
  }
  if (table === undefined) return done(saveRules(netfilter, { counters }))
  if (!isTableName(table)) return failed(`Table \`${table}' does not exist\n`, 1)
  return done(saveRules(netfilter, { counters, table }))
}

/** `iptables-restore [-n] [-c] [-t] [-T TABLE] [-w]`, `input` being what it reads. */
export function runIptablesRestore(
  argv: readonly string[],
  input: string,
  netfilter: Netfilter,
): CommandResult {
  const has = (...names: string[]) => argv.some((word) => names.includes(word))
  const table = argv[argv.findIndex((word) => word === '-T' || word === '--table') + 1]
  const options = {
    noFlush: has('-n', '--noflush'),
    counters: has('-c', '--counters'),
    test: has('-t', '--test'),
    ...(has('-T', '--table') && table !== undefined && { table }),
  }
  try {
    restore(input, netfilter, options)
    return done()
  } catch (error) {
    if (error instanceof IptablesError) return complaint('iptables-restore', error)
    throw error
  }
}

function run(command: Command, netfilter: Netfilter): CommandResult {
  const name = command.table ?? 'filter'
  if (command.verb === 'V') return done(`iptables ${IPTABLES_VERSION}\n`)
  if (!isTableName(name)) {
    const message = `table '${name}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.`
    return failed(`iptables ${IPTABLES_VERSION}: ${message}\n`, 3)
  }
  const table = netfilter.tables.get(name) ?? new Table(name)
  if (command.verb === 'L') return list(table, command)
  if (command.verb === 'S') return listRules(table, command)
  edit(netfilter.table(name), command)
  return done()
}

function list(table: Table, command: Command): CommandResult {
  const { chain: name } = command
  if (name !== undefined && !table.chain(name)) {
    const message = `chain \`${name}' in table \`${table.name}' is incompatible, use 'nft' tool.`
    return failed(`iptables ${IPTABLES_VERSION}: ${message}\n`, 1)
  }
  return done(listChains(table, chainsOf(table, command), command, command.number))
}

/** `-S`: like `iptables-save`, in the words of commands. */
function listRules(table: Table, command: Command): CommandResult {
  const chains = chainsOf(table, command)
  const lines = chains.map(({ name, policy }) => (policy ? `-P ${name} ${policy}` : `-N ${name}`))
  for (const { name, rules } of chains) {
    const chosen = command.number === undefined ? rules : rules.slice(command.number - 1, command.number)
    lines.push(...chosen.map(({ text }) => appendLine(name, text)))
  }
  return done(`${lines.join('\n')}\n`)
}

const chainsOf = (table: Table, command: Command): readonly Chain[] =>
  command.chain === undefined ? table.inOrder() : [chainOf(table, command)]

function complaint(program: string, { message, exitCode, versioned }: IptablesError): CommandResult {
  const hint = exitCode === 2 ? `Try \`${program} -h' or '${program} --help' for more information.\n` : ''
  const bare = exitCode === 2 && !versioned
  const head = versioned ? `${program} ${IPTABLES_VERSION}: ` : bare ? '' : `${program}: `
  return failed(`${head}${message}\n${hint}`, exitCode)
}
