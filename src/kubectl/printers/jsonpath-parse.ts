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
      /** `[2]`: one element, not a slice. */
      readonly single: boolean
    }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'union'; readonly branches: readonly Node[] }
  | { readonly kind: 'filter'; readonly left: Node; readonly right?: Node; readonly operator: string }
  | { readonly kind: 'value'; readonly value: number | boolean }
  /** `range`, `end`, or a word that means nothing, which is found out when it is evaluated. */
  | { readonly kind: 'identifier'; readonly name: string }

/** @throws CommandError with the parser's words */
export function parseJsonPath(template: string): readonly Node[] {
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

const fail = (why: string): never => {
  throw new CommandError(why)
}

/** What ends a name. */
const TERMINATOR = /[\s.,[\]$@{}]/

/** Reads what stands between braces. */
class ActionParser {
  position: number
  private readonly input: string

  constructor(input: string, position: number) {
    this.input = input
    this.position = position
  }

  parse(): Node[] {
    const nodes: Node[] = []
    while (!this.input.startsWith('}', this.position)) {
      const node = this.step(nodes.at(-1))
      if (node) nodes.push(...node)
    }
    this.position++
    return nodes
  }

  private step(last: Node | undefined): readonly Node[] | undefined {
    if (this.take('[?(')) return [this.filter()]
    if (this.take('..')) return this.recursive(last)
    const char = this.input[this.position] ?? '\n'
    if (char === '\n' || char === '\r') fail('unclosed action')
    if (/[-+\d]/.test(char)) return [this.number()]
    if (/[\p{L}\p{N}_]/u.test(char)) return [this.identifier()]
    this.position++
    if (char === ' ' || char === '@' || char === '$') return undefined
    if (char === '[') return this.array()
    if (char === '"' || char === "'") return [this.quoted(char)]
    if (char === '.') return [this.field()]
    const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    return fail(`unrecognized character in action: U+${code} '${char}'`)
  }

  private take(prefix: string): boolean {
    if (!this.input.startsWith(prefix, this.position)) return false
    this.position += prefix.length
    return true
  }

  private recursive(last: Node | undefined): readonly Node[] {
    if (last?.kind === 'recursive') fail('invalid multiple recursive descent')
    const named = /[\p{L}\p{N}_]/u.test(this.input[this.position] ?? '')
    return named ? [{ kind: 'recursive' }, this.field()] : [{ kind: 'recursive' }]
  }

  /** A name ends at a mark of the grammar; a backslash takes the next mark into the name. */
  private field(): Node {
    let name = ''
    while (this.position < this.input.length && !TERMINATOR.test(this.input[this.position]!)) {
      if (this.input[this.position] === '\\') this.position++
      name += this.input[this.position] ?? ''
      this.position++
    }
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name }
  }

  private quoted(quote: string): Node {
    const start = this.position
    for (let end = start; end < this.input.length && this.input[end] !== '\n'; end++) {
      if (this.input[end] !== quote || this.input[end - 1] === '\\') continue
      this.position = end + 1
      return { kind: 'text', text: unescapeText(this.input.slice(start, end)) }
    }
    return fail('unterminated quoted string')
  }

  private number(): Node {
    const text = /^[-+]?[0-9.]*/.exec(this.input.slice(this.position))![0]
    if (!/\d/.test(text) || Number.isNaN(Number(text))) fail(`cannot parse number ${text}`)
    this.position += text.length
    return { kind: 'value', value: Number(text) }
  }

  private identifier(): Node {
    const start = this.position
    while (this.position < this.input.length && !TERMINATOR.test(this.input[this.position]!)) this.position++
    const name = this.input.slice(start, this.position)
    return name === 'true' || name === 'false'
      ? { kind: 'value', value: name === 'true' }
      : { kind: 'identifier', name }
  }

  /** `[...]` up to the next bracket: an index, a slice, a union, or a name in single quotes. */
  private array(): readonly Node[] {
    const end = this.input.indexOf(']', this.position)
    if (end < 0 || this.input.slice(this.position, end).includes('\n')) fail('unterminated array')
    const text = this.input.slice(this.position, end)
    this.position = end + 1
    return subscript(text)
  }

  /** `[?(left operator right)]` or `[?(path)]`: a parenthesis within quotes does not end it. */
  private filter(): Node {
    const start = this.position
    const body = /^(?:[^"')\n]*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')?)[^)\n]*(?=\))/.exec(
      this.input.slice(start),
    )
    if (!body) return fail('unterminated filter')
    this.position = start + body[0].length + 1
    if (!this.take(']')) fail('unclosed array expect ]')
    const comparison = /^([^!<>=]+)([!<>=]+)(.+)$/.exec(body[0])
    if (!comparison) return { kind: 'filter', operator: 'exists', left: action(body[0]) }
    const [, left = '', operator = '', right = ''] = comparison
    return { kind: 'filter', operator, left: action(left), right: action(right) }
  }
}

const action = (text: string): Node => ({ kind: 'list', nodes: new ActionParser(`${text}}`, 0).parse() })

function unescapeText(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)
}

function subscript(text: string): readonly Node[] {
  const parts = text.split(',')
  if (parts.length > 1) {
    const branches = parts.map((part): Node => ({ kind: 'list', nodes: [...subscript(part.trim())] }))
    return [{ kind: 'union', branches }]
  }
  const key = /^'([^']*)'$/.exec(text)
  if (key) return (action(`.${key[1]}`) as Extract<Node, { kind: 'list' }>).nodes
  const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text === '*' ? ':' : text)
  if (!slice) return fail(`invalid array index ${text}`)
  const [start, end, step] = [slice[1], slice[2]?.slice(1), slice[3]?.slice(1)]
  return [
    {
      kind: 'array',
      single: slice[2] === undefined,
      ...(start ? { start: Number(start) } : {}),
      ...(end ? { end: Number(end) } : {}),
      ...(step ? { step: Number(step) } : {}),
    },
  ]
}
