/**
 * Shell patterns: `*`, `?`, `[...]` with ranges, classes and `!`, and the extended `?(...)`, `*(...)`, `+(...)`,
 * `@(...)`, `!(...)`. A backslash makes the next character literal.
 */
type Token =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly test: (character: string) => boolean }
  | {
      readonly kind: 'group'
      readonly operator: string
      readonly alternatives: readonly (readonly Token[])[]
    }

export interface Pattern {
  readonly tokens: readonly Token[]
  /** The text it matches when it matches only one. */
  readonly literal: string | undefined
}

const compiled = new Map<string, Pattern>()

export function compilePattern(source: string): Pattern {
  let pattern = compiled.get(source)
  if (!pattern) {
    if (compiled.size > 2000) compiled.clear()
    const tokens = new PatternParser(source).sequence('')
    const isLiteral = tokens.every((token) => token.kind === 'literal')
    const literal = isLiteral ? tokens.map((token) => (token as { text: string }).text).join('') : undefined
    compiled.set(source, (pattern = { tokens, literal }))
  }
  return pattern
}

export function matchesPattern(source: string, text: string): boolean {
  const pattern = compilePattern(source)
  if (pattern.literal !== undefined) return pattern.literal === text
  return matchTokens(pattern.tokens, 0, text, 0)
}

/** Whether the text has unquoted pattern characters. */
export function hasPattern(source: string): boolean {
  return compilePattern(source).literal === undefined
}

class PatternParser {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  sequence(closers: string): Token[] {
    const tokens: Token[] = []
    let literal = ''
    const flush = () => {
      if (literal !== '') tokens.push({ kind: 'literal', text: literal })
      literal = ''
    }
    while (this.#at < this.#source.length) {
      const character = this.#source[this.#at]!
      if (closers.includes(character)) break
      const token = this.#special(character)
      if (token) {
        flush()
        tokens.push(token)
        continue
      }
      if (character === '\\' && this.#at + 1 < this.#source.length) this.#at++
      literal += this.#source[this.#at++]
    }
    flush()
    return tokens
  }

  #special(character: string): Token | undefined {
    if ('?*+@!'.includes(character) && this.#source[this.#at + 1] === '(') return this.#group(character)
    if (character === '*' || character === '?') {
      this.#at++
      return character === '*' ? { kind: 'star' } : { kind: 'any' }
    }
    return character === '[' ? this.#set() : undefined
  }

  #group(operator: string): Token | undefined {
    const start = this.#at
    this.#at += 2
    const alternatives: Token[][] = []
    do alternatives.push(this.sequence('|)'))
    while (this.#source[this.#at] === '|' && this.#at++ >= 0)
    if (this.#source[this.#at] !== ')') {
      this.#at = start
      return undefined
    }
    this.#at++
    return { kind: 'group', operator, alternatives }
  }

  #set(): Token | undefined {
    const source = this.#source
    let at = this.#at + 1
    const negated = source[at] === '!' || source[at] === '^'
    if (negated) at++
    const tests: ((character: string) => boolean)[] = []
    for (let first = true; ; first = false) {
      if (at >= source.length) return undefined
      if (source[at] === ']' && !first) break
      const named = /^\[:(\w+):\]/.exec(source.slice(at, at + 12))
      if (named && CLASSES[named[1]!]) {
        const expression = CLASSES[named[1]!]!
        tests.push((character) => expression.test(character))
        at += named[0].length
        continue
      }
      if (source[at] === '\\' && at + 1 < source.length) at++
      const low = source[at++]!
      let high = low
      if (source[at] === '-' && source[at + 1] !== undefined && source[at + 1] !== ']') {
        at++
        if (source[at] === '\\' && at + 1 < source.length) at++
        high = source[at++]!
      }
      tests.push((character) => character >= low && character <= high)
    }
    this.#at = at + 1
    return { kind: 'set', test: (character) => tests.some((test) => test(character)) !== negated }
  }
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  word: /\w/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\0-\x1f\x7f]/,
}

/** Only the last star is ever gone back to, so that a pattern without groups costs at most its length times the text's. */
function matchTokens(tokens: readonly Token[], tokenStart: number, text: string, textStart: number): boolean {
  let token = tokenStart
  let at = textStart
  let star = -1
  let starAt = 0
  for (;;) {
    const current = tokens[token]
    if (!current) {
      if (at === text.length) return true
    } else if (current.kind === 'star') {
      star = token++
      starAt = at
      if (token === tokens.length) return true
      continue
    } else if (current.kind === 'group') {
      if (matchGroup(current, tokens, token, text, at)) return true
    } else {
      const length = matchOne(current, text, at)
      if (length >= 0) {
        at += length
        token++
        continue
      }
    }
    if (star < 0 || starAt >= text.length) return false
    at = ++starAt
    token = star + 1
  }
}

function matchOne(token: Exclude<Token, { kind: 'group' | 'star' }>, text: string, at: number): number {
  if (token.kind === 'literal') return text.startsWith(token.text, at) ? token.text.length : -1
  if (at >= text.length) return -1
  const character = String.fromCodePoint(text.codePointAt(at)!)
  return token.kind === 'any' || token.test(character) ? character.length : -1
}

function matchGroup(
  group: Extract<Token, { kind: 'group' }>,
  tokens: readonly Token[],
  index: number,
  text: string,
  at: number,
): boolean {
  const rest = (end: number) => matchTokens(tokens, index + 1, text, end)
  const { operator, alternatives } = group
  const matchesPart = (start: number, end: number) =>
    alternatives.some((alternative) => matchTokens(alternative, 0, text.slice(start, end), 0))
  if (operator === '!') {
    for (let end = at; end <= text.length; end++) if (!matchesPart(at, end) && rest(end)) return true
    return false
  }
  if ((operator === '?' || operator === '*') && rest(at)) return true
  const repeats = operator === '*' || operator === '+'
  const tried = new Set<number>()
  const from = (start: number): boolean => {
    for (let end = repeats ? start + 1 : start; end <= text.length; end++) {
      if (tried.has(end) || !matchesPart(start, end)) continue
      tried.add(end)
      if (rest(end) || (repeats && from(end))) return true
    }
    return false
  }
  return from(at) || (repeats && matchesPart(at, at) && rest(at))
}
