import type { ParsedScript, Statement } from 'unbash'
import type { Blocking } from '../../process.ts'
import { expandAliases } from '../aliases.ts'
import { ExitJump } from '../control.ts'
import { parseProgram } from '../parse.ts'
import type { SyntaxProblem } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { lineAt } from '../source.ts'
import { executeStatement } from './execute.ts'

/**
 * Runs a text as a shell reads it: what comes before a syntax error is run, then the error is reported.
 * @param firstLine the number of its first line, for messages
 * @returns the status of the last command
 */
export function* runText(shell: Shell, text: string, options: RunOptions = {}): Blocking<number> {
  const outer = { source: shell.source, position: shell.position }
  const expanded = expandAliases(shell, text)
  shell.source = { text: expanded, firstLine: options.firstLine ?? shell.line }
  try {
    const { script, problem } = parseProgram(expanded)
    const statements = problem ? statementsBefore(script, expanded, problem) : script.commands
    if (problem || statements.length === 0)
      shell.status = statements.length === 0 && !problem && options.keepStatus ? shell.status : 0
    if (problem && isTolerable(problem)) yield* warn(shell, expanded, problem)
    for (const [index, statement] of statements.entries()) {
      const known = new Map(shell.aliases)
      yield* executeStatement(shell, statement)
      const next = statements[index + 1]
      const lineEnd = next && expanded.lastIndexOf('\n', next.pos - 1)
      // A new alias is minded from the next line on, so what follows has to be read again.
      if (lineEnd === undefined || lineEnd < statement.end || isSame(known, shell.aliases)) continue
      return yield* runText(shell, expanded.slice(lineEnd + 1), {
        ...options,
        firstLine: lineAt(shell.source, lineEnd + 1),
      })
    }
    if (problem && !isTolerable(problem)) yield* report(shell, expanded, problem, options)
    return shell.status
  } finally {
    shell.source = outer.source
    shell.position = outer.position
  }
}

function isSame(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  return before.size === after.size && [...before].every(([name, value]) => after.get(name) === value)
}

function* warn(shell: Shell, text: string, problem: SyntaxProblem): Blocking<void> {
  if (shell.personality.kind === 'ash') return
  const { source, name } = shell
  const delimiter = /^<<-?\s*(\S+)/
    .exec(text.slice(problem.position).replace(/^\d*/, ''))?.[1]
    ?.replace(/['"\\]/g, '')
  const where = shell.from === 'interactive' ? '' : `line ${lineAt(source, text.length)}: `
  yield* shell.error(
    `${name}: ${where}warning: here-document at line ${lineAt(source, problem.position)} delimited by end-of-file (wanted \`${delimiter}')\n`,
  )
}

export interface RunOptions {
  readonly firstLine?: number
  /** What messages call the text besides the shell's name: `-c`, `eval`. */
  readonly label?: string
  /** A syntax error ends a shell that is not interactive: it is the shell's own program. */
  readonly isProgram?: boolean
  /** An empty text leaves `$?` alone: lines typed at a prompt. */
  readonly keepStatus?: boolean
}

/** A here-document that ends with the text, or a backslash before its end, is only warned of by real shells. */
function isTolerable(problem: SyntaxProblem): boolean {
  return problem.token === 'here-document'
}

/** The statements on lines that were whole before the one with the error. */
function statementsBefore(script: ParsedScript, text: string, problem: SyntaxProblem): readonly Statement[] {
  if (isTolerable(problem)) return script.commands
  // What was never closed has no length in the tree.
  const unclosed = (statement: Statement) => statement.end <= statement.pos
  const covers = (statement: Statement) =>
    statement.pos <= problem.position && statement.end >= problem.position
  const holding = problem.incomplete
    ? script.commands.at(-1)
    : (script.commands.find(unclosed) ?? script.commands.find(covers))
  const from = Math.min(holding?.pos ?? problem.position, problem.position)
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  return script.commands.filter((statement) => !unclosed(statement) && statement.end <= lineStart)
}

function* report(shell: Shell, text: string, problem: SyntaxProblem, options: RunOptions): Blocking<void> {
  const { personality, name, from } = shell
  const atEnd = problem.token === 'end of file' || problem.expecting !== undefined
  shell.position = atEnd ? text.length : problem.position
  const line = shell.line + (shell.position === text.length && !text.endsWith('\n') ? 1 : 0)
  shell.status = 2
  if (personality.kind === 'ash') {
    const expecting = problem.expecting === undefined ? '' : ` (expecting "${problem.expecting}")`
    const what = atEnd
      ? `unexpected end of file${expecting}`
      : problem.incomplete
        ? `unterminated quoted string`
        : `unexpected "${problem.token}"`
    yield* shell.error(`${name}: ${from === 'file' ? `line ${line}: ` : ''}syntax error: ${what}\n`)
  } else {
    const label = options.label ? `${options.label}: ` : ''
    const where = from === 'interactive' ? `${name}: ${label}` : `${name}: ${label}line ${line}: `
    yield* shell.error(`${where}${problem.message}\n`)
    if (from !== 'interactive' && !problem.incomplete) {
      yield* shell.error(`${where}\`${lineOf(text, problem.position)}'\n`)
    }
  }
  if (from !== 'interactive' && (options.isProgram || personality.kind === 'ash')) throw new ExitJump(2)
}

function lineOf(text: string, position: number): string {
  const start = text.lastIndexOf('\n', position - 1) + 1
  const end = text.indexOf('\n', position)
  return text.slice(start, end < 0 ? undefined : end)
}
