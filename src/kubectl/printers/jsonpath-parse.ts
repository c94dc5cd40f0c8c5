import { CommandError } from '../errors.ts'

/** What a JSONPath template of kubectl's dialect is made of. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly nodes: readonly Node[] }
  | { readonly kind: 'field'; readonly name: string }
  | {
      readonly kind: 'array'
      readonly start?: number
      readonly end?: number
      readonly step?: number
      readonly slice: boolean
    }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'union'; readonly branches: readonly Node[] }
  | { readonly kind: 'filter'; readonly left: Node; readonly right?: Node; readonly operator: string }
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'range' }
  | { readonly kind: 'end' }
  | { readonly kind: 'current' }

/** @throws CommandError `error parsing jsonpath ...` */
export function parseJsonPath(template: string): readonly Node[] {
  try {
    return parseText(template)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new CommandError(`error parsing jsonpath ${template}, ${error.message}`)
    throw error
  }
}

function parseText(template: string): Node[] {
  const nodes: Node[] = []
  let at = 0
  while (at < template.length) {
    const open = template.indexOf('{', at)
    if (open < 0) {
      nodes.push({ kind: 'text', text: template.slice(at) })
      break
    }
    if (open > at) nodes.push({ kind: 'text', text: template.slice(at, open) })
    const action = new ActionParser(template, open + 1)
    nodes.push({ kind: 'list', nodes: action.parse() })
    at = action.position
  }
  return nodes
}

/** Reads one `{...}`. */
class ActionParser {
  position: number
  private readonly input: string

  constructor(input: string, position: number) {
    this.input = input
    this.position = position
  }

  parse(): Node[] {
    const nodes: Node[] = []
    for (;;) {
      const char = this.input[this.position]
      if (char === undefined || char === '\n') throw new SyntaxError('unclosed action')
      if (char === '}') {
        this.position++
        return nodes
      }
      const node = this.step(char)
      if (node) nodes.push(node)
    }
  }

  private step(char: string): Node | undefined {
    this.position++
    if (char === ' ' || char === '\t') return undefined
    if (char === '@' || char === '$') return { kind: 'current' }
    if (char === '[') return this.array()
    if (char === '"' || char === "'") return this.quoted(char)
    if (char === '.') return this.afterDot()
    if (/[0-9+-]/.test(char)) return this.number()
    if (/[\p{L}\p{N}_-]/u.test(char)) return this.identifier()
    throw new SyntaxError(
      `unrecognized character in action: U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`,
    )
  }

  private afterDot(): Node {
    if (this.input[this.position] === '.') {
      this.position++
      if (this.input[this.position] === '.') throw new SyntaxError('unexpected ..')
      if (this.input[this.position] !== '[' && this.input[this.position] !== '}') this.position--
      return { kind: 'recursive' }
    }
    return this.field()
  }

  /** A name ends at a mark of the grammar; a backslash takes the next mark into the name. */
  private field(): Node {
    let name = ''
    while (this.position < this.input.length && !/[\s.,[\](){}@$!&|<>=]/.test(this.input[this.position]!)) {
      if (this.input[this.position] === '\\') this.position++
      name += this.input[this.position] ?? ''
      this.position++
    }
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name }
  }

  private quoted(quote: string): Node {
    const end = closing(this.input, this.position, quote)
    if (end < 0) throw new SyntaxError('unterminated quoted string')
    const text = this.input.slice(this.position, end)
    this.position = end + 1
    return { kind: 'text', text: unescapeText(text) }
  }

  private number(): Node {
    const match = /^[-+]?[0-9.]+/.exec(this.input.slice(this.position - 1))
    const text = match?.[0] ?? this.input[this.position - 1]!
    if (!match || Number.isNaN(Number(text))) throw new SyntaxError(`cannot parse number ${text}`)
    this.position += text.length - 1
    return { kind: 'value', value: Number(text) }
  }

  private identifier(): Node {
    const word = /^[\p{L}\p{N}_-]+/u.exec(this.input.slice(this.position - 1))![0]
    this.position += word.length - 1
    if (word === 'range') return { kind: 'range' }
    if (word === 'end') return { kind: 'end' }
    if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' }
    throw new SyntaxError(`unrecognized identifier ${word}`)
  }

  /** `[...]`: an index, a slice, a filter, a union, or a quoted name. */
  private array(): Node {
    const end = matchingBracket(this.input, this.position)
    if (end < 0) throw new SyntaxError('unterminated array')
    const text = this.input.slice(this.position, end)
    this.position = end + 1
    return subscript(text)
  }
}

function closing(input: string, from: number, quote: string): number {
  for (let i = from; i < input.length; i++) {
    if (input[i] === '\\') i++
    else if (input[i] === quote) return i
  }
  return -1
}

function matchingBracket(input: string, from: number): number {
  let depth = 1
  for (let i = from; i < input.length; i++) {
    const char = input[i]!
    if (char === '"' || char === "'") {
      i = closing(input, i + 1, char)
      if (i < 0) return -1
    } else if (char === '[') depth++
    else if (char === ']' && --depth === 0) return i
  }
  return -1
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)
}

function subscript(text: string): Node {
  const trimmed = text.trim()
  if (trimmed === '*') return { kind: 'wildcard' }
  if (trimmed.startsWith('?')) return filter(trimmed)
  const parts = splitUnion(trimmed)
  if (parts.length > 1) return { kind: 'union', branches: parts.map((part) => subscript(part)) }
  const quoted = /^(['"])([\s\S]*)\1$/.exec(trimmed)
  if (quoted) return { kind: 'field', name: unescapeText(quoted[2]!) }
  const slice = /^(-?\d*)?(?::(-?\d*))?(?::(-?\d*))?$/.exec(trimmed)
  if (!slice || trimmed === '') throw new SyntaxError(`invalid array index ${text}`)
  const number = (part: string | undefined): { value?: number } => (part ? { value: Number(part) } : {})
  const [start, end, step] = [number(slice[1]).value, number(slice[2]).value, number(slice[3]).value]
  return {
    kind: 'array',
    slice: trimmed.includes(':'),
    ...(start !== undefined ? { start } : {}),
    ...(end !== undefined ? { end } : {}),
    ...(step !== undefined ? { step } : {}),
  }
}

function splitUnion(text: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '"' || char === "'") i = Math.max(i, closing(text, i + 1, char))
    else if (char === ',') {
      parts.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  return [...parts, text.slice(from).trim()]
}

function filter(text: string): Node {
  const match = /^\?\(([\s\S]*)\)$/.exec(text)
  if (!match) throw new SyntaxError('unclosed filter')
  const body = match[1]!
  const operator = /^((?:'[^']*'|"(?:\\.|[^"])*"|[^!<>=])+?)\s*(==|!=|<=|>=|<|>)\s*([\s\S]+)$/.exec(body)
  if (!operator) return { kind: 'filter', operator: 'exists', left: operand(body) }
  return { kind: 'filter', operator: operator[2]!, left: operand(operator[1]!), right: operand(operator[3]!) }
}

function operand(text: string): Node {
  const trimmed = text.trim()
  const quoted = /^(['"])([\s\S]*)\1$/.exec(trimmed)
  if (quoted) return { kind: 'value', value: unescapeText(quoted[2]!) }
  if (/^[-+]?\d+(\.\d+)?$/.test(trimmed)) return { kind: 'value', value: Number(trimmed) }
  if (trimmed === 'true' || trimmed === 'false') return { kind: 'value', value: trimmed === 'true' }
  const parser = new ActionParser(`${trimmed}}`, 0)
  return { kind: 'list', nodes: parser.parse() }
}
