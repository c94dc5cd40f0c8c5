import { CommandError } from '../errors.ts'
import { callFunction, truth } from './go-template-functions.ts'
import { goValue } from './go-format.ts'

/** A small Go text/template: what `-o go-template` is used for. */
export type Template = readonly Part[]

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipe: Pipe
      readonly body: Template
      readonly otherwise: Template
    }

interface Pipe {
  readonly declares: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly (readonly Operand[])[]
}

type Operand =
  | { readonly kind: 'constant'; readonly value: unknown }
  | {
      readonly kind: 'path'
      readonly base: 'dot' | 'variable' | 'pipe'
      readonly variable?: string
      readonly pipe?: Pipe
      readonly fields: readonly string[]
    }
  | { readonly kind: 'function'; readonly name: string }

/** @throws CommandError `error parsing template ...` */
export function parseTemplate(source: string): Template {
  try {
    const tokens = split(source)
    const { parts, closer } = parseParts(tokens, { at: 0 })
    if (closer) throw new SyntaxError(`unexpected {{${closer}}}`)
    return parts
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new CommandError(`error parsing template ${source}, template: output:1: ${error.message}`)
  }
}

type Token = { readonly text: string } | { readonly action: string }

function split(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let trimNext = false
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    let text = open < 0 ? source.slice(at) : source.slice(at, open)
    if (trimNext) text = text.trimStart()
    const trimsLeft = open >= 0 && /^-\s/.test(source.slice(open + 2, open + 4))
    if (trimsLeft) text = text.trimEnd()
    if (text !== '') tokens.push({ text })
    if (open < 0) break
    const close = endOfAction(source, open + 2)
    let action = source.slice(open + 2 + (trimsLeft ? 1 : 0), close)
    trimNext = /\s-$/.test(action)
    if (trimNext) action = action.slice(0, -1)
    if (!/^\s*\/\*/.test(action)) tokens.push({ action: action.trim() })
    at = close + 2
  }
  return tokens
}

function endOfAction(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    const char = source[i]!
    if (char === '"' || char === '`') {
      const end = char === '`' ? source.indexOf('`', i + 1) : quotedEnd(source, i + 1)
      if (end < 0) throw new SyntaxError('unterminated quoted string')
      i = end
    } else if (source.startsWith('}}', i)) return i
  }
  throw new SyntaxError('unclosed action')
}

function quotedEnd(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === '"') return i
  }
  return -1
}

function parseParts(tokens: readonly Token[], cursor: { at: number }): { parts: Part[]; closer?: string } {
  const parts: Part[] = []
  while (cursor.at < tokens.length) {
    const token = tokens[cursor.at++]!
    if ('text' in token) {
      parts.push({ kind: 'text', text: token.text })
      continue
    }
    const [word = ''] = token.action.split(/\s/)
    if (word === 'end' || word === 'else') return { parts, closer: token.action }
    if (word === 'if' || word === 'with' || word === 'range') {
      parts.push(parseBlock(word, token.action.slice(word.length), tokens, cursor))
    } else parts.push({ kind: 'print', pipe: parsePipe(token.action) })
  }
  return { parts }
}

function parseBlock(
  kind: 'if' | 'with' | 'range',
  rest: string,
  tokens: readonly Token[],
  cursor: { at: number },
): Part {
  const body = parseParts(tokens, cursor)
  if (!body.closer) throw new SyntaxError('unexpected EOF')
  let otherwise: Template = []
  if (body.closer.startsWith('else')) {
    const chained = /^else\s+(if|with)\s+([\s\S]*)$/.exec(body.closer)
    if (chained) otherwise = [parseBlock(chained[1] as 'if', chained[2]!, tokens, cursor)]
    else {
      const rest = parseParts(tokens, cursor)
      if (rest.closer !== 'end') throw new SyntaxError('unexpected EOF')
      otherwise = rest.parts
    }
  }
  return { kind, pipe: parsePipe(rest), body: body.parts, otherwise }
}

const WORD = /\s*("(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])'|\||\(|\)|:=|=|,|[^\s|(),="`]+)/y

function parsePipe(source: string): Pipe {
  const words: string[] = []
  WORD.lastIndex = 0
  while (source.slice(WORD.lastIndex).trim() !== '') {
    const match = WORD.exec(source)
    if (!match) throw new SyntaxError(`unexpected ${JSON.stringify(source.trim())} in command`)
    words.push(match[1]!)
  }
  const cursor = { at: 0 }
  const pipe = pipeOf(words, cursor)
  if (cursor.at < words.length)
    throw new SyntaxError(`unexpected ${JSON.stringify(words[cursor.at])} in command`)
  return pipe
}

function pipeOf(words: readonly string[], cursor: { at: number }): Pipe {
  const assignment = words.findIndex((word) => word === ':=' || word === '=')
  const declares =
    assignment > 0 && cursor.at === 0 ? words.slice(0, assignment).filter((word) => word !== ',') : []
  if (declares.length > 0) cursor.at = assignment + 1
  const commands: Operand[][] = [[]]
  while (cursor.at < words.length && words[cursor.at] !== ')') {
    const word = words[cursor.at++]!
    if (word === '|') commands.push([])
    else commands.at(-1)!.push(operandOf(word, words, cursor))
  }
  if (commands.some((command) => command.length === 0)) throw new SyntaxError('missing value for command')
  return { declares, assigns: words[assignment] === '=', commands }
}

function operandOf(word: string, words: readonly string[], cursor: { at: number }): Operand {
  if (word === '(') {
    const pipe = pipeOf(words.slice(0, words.length), cursor)
    if (words[cursor.at++] !== ')') throw new SyntaxError('unclosed left paren')
    const next = words[cursor.at]
    const fields = next?.startsWith('.') && next.length > 1 ? words[cursor.at++]!.slice(1).split('.') : []
    return { kind: 'path', base: 'pipe', pipe, fields }
  }
  if (word.startsWith('"'))
    return { kind: 'constant', value: JSON.parse(word.replace(/\\'/g, "'")) as string }
  if (word.startsWith('`')) return { kind: 'constant', value: word.slice(1, -1) }
  if (/^[-+]?\d/.test(word)) return { kind: 'constant', value: Number(word) }
  if (word === 'true' || word === 'false') return { kind: 'constant', value: word === 'true' }
  if (word === 'nil') return { kind: 'constant', value: null }
  if (word.startsWith('$')) {
    const [variable = '$', ...fields] = word.split('.')
    return { kind: 'path', base: 'variable', variable, fields }
  }
  if (word.startsWith('.'))
    return { kind: 'path', base: 'dot', fields: word.slice(1).split('.').filter(Boolean) }
  if (/^[A-Za-z_]\w*$/.test(word)) return { kind: 'function', name: word }
  throw new SyntaxError(`unexpected ${JSON.stringify(word)} in command`)
}

interface Scope {
  readonly dot: unknown
  readonly variables: Map<string, unknown>
}

/** @throws CommandError for a function that fails */
export function runTemplate(
  template: Template,
  data: unknown,
  options: { readonly allowMissing: boolean },
): string {
  return run(template, { dot: data, variables: new Map([['$', data]]) }, options.allowMissing)
}

function run(template: Template, scope: Scope, allowMissing: boolean): string {
  let out = ''
  for (const part of template) {
    if (part.kind === 'text') out += part.text
    else if (part.kind === 'print') {
      const value = evaluate(part.pipe, scope, allowMissing)
      if (part.pipe.declares.length === 0) out += value === undefined ? '<no value>' : goValue(value)
    } else if (part.kind === 'range') out += runRange(part, scope, allowMissing)
    else {
      const inner: Scope = { dot: scope.dot, variables: new Map(scope.variables) }
      const value = evaluate(part.pipe, inner, allowMissing)
      if (truth(value))
        out += run(part.body, part.kind === 'with' ? { ...inner, dot: value } : inner, allowMissing)
      else out += run(part.otherwise, inner, allowMissing)
    }
  }
  return out
}

function runRange(
  part: Extract<Part, { pipe: Pipe; body: Template }>,
  scope: Scope,
  allowMissing: boolean,
): string {
  const value = evaluate({ ...part.pipe, declares: [] }, scope, allowMissing)
  const pairs: [unknown, unknown][] = Array.isArray(value)
    ? value.map((item, i) => [i, item])
    : typeof value === 'object' && value !== null
      ? Object.keys(value)
          .sort()
          .map((key) => [key, (value as Record<string, unknown>)[key]])
      : []
  if (pairs.length === 0) return run(part.otherwise, scope, allowMissing)
  const { declares } = part.pipe
  return pairs
    .map(([key, item]) => {
      const variables = new Map(scope.variables)
      if (declares.length === 1) variables.set(declares[0]!, item)
      if (declares.length === 2) variables.set(declares[0]!, key).set(declares[1]!, item)
      return run(part.body, { dot: item, variables }, allowMissing)
    })
    .join('')
}

function evaluate(pipe: Pipe, scope: Scope, allowMissing: boolean): unknown {
  let value: unknown
  pipe.commands.forEach((command, i) => {
    const piped = i > 0 ? [value] : []
    const [first, ...rest] = command
    if (first!.kind === 'function') {
      value = callFunction(first!.name, [...rest.map((one) => operand(one, scope, allowMissing)), ...piped])
    } else value = operand(first!, scope, allowMissing)
  })
  for (const name of pipe.declares) scope.variables.set(name, value)
  return value
}

function operand(node: Operand, scope: Scope, allowMissing: boolean): unknown {
  if (node.kind === 'constant') return node.value
  if (node.kind === 'function') return callFunction(node.name, [])
  const base =
    node.base === 'dot'
      ? scope.dot
      : node.base === 'variable'
        ? scope.variables.get(node.variable!)
        : evaluate(node.pipe!, scope, allowMissing)
  return node.fields.reduce((value: unknown, field) => {
    if (typeof value !== 'object' || value === null) return undefined
    const next = (value as Record<string, unknown>)[field]
    if (next === undefined && !allowMissing)
      throw new CommandError(`error executing template: map has no entry for key ${JSON.stringify(field)}`)
    return next
  }, base)
}
