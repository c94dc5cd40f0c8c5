import { forEachChild, parse } from 'unbash'
import type { ParsedScript, ParseError, SyntaxNode } from 'unbash'

/** How a text failed to be a program. */
export interface SyntaxProblem {
  /** Where in the text. */
  readonly position: number
  /** The text ended too early: with more lines it could still become a program. */
  readonly incomplete: boolean
  /** What bash says after `syntax error`-less prefixes, e.g. "syntax error near unexpected token `)'". */
  readonly message: string
  /** The token that was not expected, `newline` or `end of file` included. */
  readonly token: string
  /** What would close what is open, where that is known. */
  readonly expecting?: string
}

export interface Parsed {
  readonly script: ParsedScript
  readonly problem: SyntaxProblem | undefined
}

/** Parses a text as a shell program. Never throws: what is wrong is in `problem`. */
export function parseProgram(text: string): Parsed {
  const script = parse(text)
  const error = firstError(script)
  if (error) return { script, problem: describe(text, error, script.errors ?? []) }
  return { script, problem: openEnd(text, script) }
}

/** Whether the text so far is a whole command line: nothing open, no here-document missing, no line to be continued. */
export function isComplete(text: string): boolean {
  return !parseProgram(text).problem?.incomplete
}

/** The error that comes first in the text, in nested scripts too. */
function firstError(script: ParsedScript): ParseError | undefined {
  let first = script.errors?.[0]
  if (first) return first
  const visit = (node: SyntaxNode): void => {
    if (first) return
    if (node.type === 'Script' && node !== script) {
      const nested = (node as ParsedScript).errors?.[0]
      if (nested) {
        first = nested
        return
      }
    }
    if (mayNest(node)) forEachChild(node, visit)
  }
  forEachChild(script, visit)
  return first
}

/** Words without an expansion need not be looked into. */
function mayNest(node: SyntaxNode): boolean {
  return (
    node.type !== 'Word' || node.text.includes('$(') || node.text.includes('`') || node.text.includes('<(')
  )
}

function describe(text: string, found: ParseError, errors: readonly ParseError[]): SyntaxProblem {
  // Of an empty group the parser tells where it began: what counts is what stands there instead of a command.
  const isEmptyGroup = found.message.startsWith('expected command in')
  const error = isEmptyGroup ? { ...found, pos: found.pos + 1 } : found
  const opener = UNTERMINATED.get(error.message)
  if (opener !== undefined) {
    const message = opener === '' ? END_OF_FILE : `unexpected EOF while looking for matching \`${opener}'`
    // Of an open substitution bash tells where the text ended.
    const position = error.message === 'unterminated command substitution' ? text.length : error.pos
    return { position, incomplete: true, message, token: opener }
  }
  const rest = text.slice(error.pos)
  const atEnd = /^(\s|#[^\n]*\n?)*$/.test(rest)
  const needsTarget = error.message === 'expected redirect target'
  if (atEnd && !needsTarget) {
    const problem = { position: error.pos, incomplete: true, message: END_OF_FILE, token: 'end of file' }
    const closer = errors
      .map(({ message }) => /^expected '(\S+)'/.exec(message)?.[1])
      .find((found) => found !== undefined)
    return closer === undefined ? problem : { ...problem, expecting: closer === 'esac' ? ')' : closer }
  }
  const token = needsTarget && /^[ \t]*(\n|$)/.test(rest) ? 'newline' : tokenAt(rest)
  return {
    position: error.pos,
    incomplete: false,
    message: `syntax error near unexpected token \`${token}'`,
    token,
  }
}

const END_OF_FILE = 'syntax error: unexpected end of file'

/** What closes what the parser found open. */
const UNTERMINATED: ReadonlyMap<string, string> = new Map([
  ['unterminated double quote', '"'],
  ['unterminated single quote', "'"],
  ['unterminated backtick', '`'],
  ['unterminated command substitution', ')'],
  ['unterminated arithmetic expansion', ')'],
  ['unterminated arithmetic command', ')'],
  ['unterminated extended glob', ')'],
  ['unterminated process substitution', ')'],
  ['unterminated parameter expansion', '}'],
])

function tokenAt(rest: string): string {
  const match =
    /^[ \t]*(\n|;;&|;;|;&|&&|\|\||\|&|<<<|<<-|<<|>>|<>|>\||&>>|&>|>&|<&|[;&|()<>]|[^\s;&|()<>]+)/.exec(rest)
  const token = match?.[1] ?? 'newline'
  return token === '\n' ? 'newline' : token
}

/** What the parser forgives but a shell waits for: here-documents without their end, a backslash at the end. */
function openEnd(text: string, script: ParsedScript): SyntaxProblem | undefined {
  const incomplete = (position: number): SyntaxProblem => ({
    position,
    incomplete: true,
    message: END_OF_FILE,
    token: 'end of file',
  })
  const backslashes = /(\\+)\n?$/.exec(text)?.[1]?.length ?? 0
  if (backslashes % 2 === 1 && !/(^|[\s;&|])#[^\n]*\n?$/.test(text)) return incomplete(text.length)
  if (!text.includes('<<')) return undefined
  let open: number | undefined
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'HereDoc' && !node.closing) open ??= node.pos
    else if (mayNest(node)) forEachChild(node, visit)
  }
  forEachChild(script, visit)
  return open === undefined ? undefined : { ...incomplete(open), token: 'here-document' }
}
