/** The tokens of a Go template: text outside of `{{ }}`, and what stands within. */
export interface Token {
  readonly kind:
    | 'text'
    | 'end of action'
    | 'space'
    | 'field'
    | 'variable'
    | 'identifier'
    | 'keyword'
    | 'string'
    | 'number'
    | 'character'
    | 'bool'
    | 'nil'
    | 'dot'
    | 'mark'
    | 'EOF'
  readonly text: string
  /** Where it begins in the source. */
  readonly at: number
}

export class TemplateSyntaxError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const KEYWORDS = new Set([
  'if',
  'else',
  'end',
  'range',
  'with',
  'template',
  'define',
  'block',
  'break',
  'continue',
])

/** @throws TemplateSyntaxError */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let trimNext = false
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    let text = open < 0 ? source.slice(at) : source.slice(at, open)
    if (trimNext) text = text.trimStart()
    const trimsLeft = open >= 0 && /^-\s/.test(source.slice(open + 2, open + 4))
    if (trimsLeft) text = text.trimEnd()
    if (text !== '') tokens.push({ kind: 'text', text, at })
    if (open < 0) break
    const inner = open + 2 + (trimsLeft ? 2 : 0)
    const comment = /^\/\*[\s\S]*?\*\/(\s-)?}}/.exec(source.slice(inner))
    const end = comment
      ? { at: inner + comment[0].length, trims: comment[1] !== undefined }
      : lexAction(source, inner, tokens)
    at = end.at
    trimNext = end.trims
  }
  tokens.push({ kind: 'EOF', text: '', at: source.length })
  return tokens
}

const RULES: readonly (readonly [kind: Token['kind'], pattern: RegExp])[] = [
  ['space', /\s+/y],
  ['string', /"(?:\\.|[^"\\\n])*"|`[^`]*`/y],
  ['character', /'(?:\\.|[^'\\\n])*'/y],
  ['number', /[-+]?(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)/y],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['dot', /\./y],
  ['identifier', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['mark', /:=|[|(),=]/y],
]
/** What may follow a name. */
const TERMINATOR = /^(?:$|[\s.,|:()]|}})/
const NAMES = new Set(['variable', 'field', 'identifier'])

function lexAction(source: string, from: number, tokens: Token[]): { at: number; trims: boolean } {
  let at = from
  let depth = 0
  for (;;) {
    const close = /^(\s-)?}}/.exec(source.slice(at, at + 4))
    if (close) {
      if (depth > 0) throw new TemplateSyntaxError('unclosed left paren', at)
      tokens.push({ kind: 'end of action', text: '}}', at })
      return { at: at + close[0].length, trims: close[1] !== undefined }
    }
    if (at >= source.length) throw new TemplateSyntaxError('unclosed action', at)
    const token = lexToken(source, at)
    if (token.kind === 'mark' && token.text === '(') depth++
    if (token.kind === 'mark' && token.text === ')' && --depth < 0)
      throw new TemplateSyntaxError('unexpected right paren', at)
    tokens.push(token)
    at += token.text.length
  }
}

function lexToken(source: string, at: number): Token {
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = at
    const text = pattern.exec(source)?.[0]
    if (text === undefined) continue
    const rest = source.slice(at + text.length)
    if (NAMES.has(kind) && !TERMINATOR.test(rest)) throw badCharacter(rest, at)
    return { kind: kind === 'identifier' ? wordKind(text) : kind, text, at }
  }
  const char = source[at]!
  if (char === '"') throw new TemplateSyntaxError('unterminated quoted string', at)
  if (char === '`') throw new TemplateSyntaxError('unterminated raw quoted string', at)
  if (char === "'") throw new TemplateSyntaxError('unterminated character constant', at)
  if (char === ':') throw new TemplateSyntaxError('expected :=', at)
  const code = codeOf(char)
  if (/[!-~]/.test(char) && !/[-+]/.test(char)) return { kind: 'mark', text: char, at }
  throw new TemplateSyntaxError(`unrecognized character in action: ${code}`, at)
}

const codeOf = (char: string): string =>
  `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`

const badCharacter = (rest: string, at: number): TemplateSyntaxError =>
  new TemplateSyntaxError(`bad character ${codeOf(rest[0]!)}`, at)

function wordKind(text: string): Token['kind'] {
  if (KEYWORDS.has(text)) return 'keyword'
  if (text === 'true' || text === 'false') return 'bool'
  return text === 'nil' ? 'nil' : 'identifier'
}
