import { compileRegex, RegexError } from './regex.ts'

/** A sed script that cannot be understood: `message` as sed prints it, `at` the 1-based position in the script. */
export class SedError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  /** Undefined: the pattern used last. */
  | { readonly kind: 'regex'; readonly regex: RegExp | undefined }
  /** `addr,+N` and `addr,~N`. */
  | { readonly kind: 'plus'; readonly count: number }
  | { readonly kind: 'multiple'; readonly of: number }

export interface Command {
  readonly from?: Address | undefined
  readonly to?: Address | undefined
  readonly negated: boolean
  readonly name: string
  /** Text of a i c, file of r w, label of : b t T, exit code of q Q. */
  readonly text: string
  readonly substitute?: Substitution
  /** From and to of y. */
  readonly translate?: ReadonlyMap<string, string>
  readonly block?: readonly Command[]
}

export interface Substitution {
  readonly regex: RegExp | undefined
  readonly replacement: readonly ReplacementPart[]
  readonly global: boolean
  readonly occurrence: number
  readonly print: boolean
  readonly file: string | undefined
}

/** Text, a group (0 is the match), or a change of case from here on. */
export type ReplacementPart = string | number | { readonly case: 'U' | 'L' | 'u' | 'l' | 'E' }

/** @throws SedError */
export function parseSed(script: string, extended: boolean): Command[] {
  return new Parser(script, extended).block(false)
}

const TEXT_COMMANDS = 'aic'
const LABEL_COMMANDS = ':btT'
const FILE_COMMANDS = 'rwRW'
const PLAIN_COMMANDS = '=dDgGhHlnNpPxzF'

class Parser {
  readonly #script: string
  readonly #extended: boolean
  #at = 0

  constructor(script: string, extended: boolean) {
    this.#script = script
    this.#extended = extended
  }

  block(nested: boolean): Command[] {
    const commands: Command[] = []
    for (;;) {
      this.#skip(/[\s;]*/y)
      const character = this.#peek()
      if (character === undefined) {
        if (nested) this.#fail("unmatched `{'", 0)
        return commands
      }
      if (character === '#') this.#skip(/[^\n]*/y)
      else if (character === '}') {
        if (!nested) this.#fail("unexpected `}'", this.#at + 1)
        this.#at++
        return commands
      } else commands.push(this.#command())
    }
  }

  #command(): Command {
    const from = this.#address()
    let to: Address | undefined
    this.#skip(/[ \t]*/y)
    if (from && this.#peek() === ',') {
      this.#at++
      this.#skip(/[ \t]*/y)
      to = this.#address(true)
      if (!to) this.#fail("unexpected `,'")
    }
    this.#skip(/[ \t]*/y)
    const negated = this.#peek() === '!'
    if (negated) this.#skip(/[! \t]*/y)
    const name = this.#script[this.#at++]
    if (name === undefined) this.#fail('missing command', this.#at - 1)
    const head = { from, to, negated, name }
    if (name === '{') return { ...head, text: '', block: this.block(true) }
    if (name === 's') return { ...head, text: '', substitute: this.#substitution() }
    if (name === 'y') return { ...head, text: '', translate: this.#translation() }
    if (TEXT_COMMANDS.includes(name)) return { ...head, text: this.#text(name) }
    if (FILE_COMMANDS.includes(name)) return { ...head, text: this.#restOfLine() }
    if (LABEL_COMMANDS.includes(name)) return { ...head, text: this.#match(/[ \t]*([^\s;}]*)/y) }
    if ('qQlL'.includes(name)) return this.#end({ ...head, text: this.#match(/[ \t]*(\d*)/y) })
    if (PLAIN_COMMANDS.includes(name)) return this.#end({ ...head, text: '' })
    return this.#fail(`unknown command: \`${name}'`)
  }

  #address(second = false): Address | undefined {
    const character = this.#peek()
    if (character === undefined) return undefined
    if (second && (character === '+' || character === '~')) {
      this.#at++
      const count = Number(this.#match(/(\d*)/y))
      return character === '+' ? { kind: 'plus', count } : { kind: 'multiple', of: count }
    }
    if (/\d/.test(character)) {
      const line = Number(this.#match(/(\d+)/y))
      if (this.#peek() !== '~') return { kind: 'line', line }
      this.#at++
      return { kind: 'step', first: line, step: Number(this.#match(/(\d*)/y)) }
    }
    if (character === '$') {
      this.#at++
      return { kind: 'last' }
    }
    if (character !== '/' && character !== '\\') return undefined
    this.#at += character === '\\' ? 2 : 1
    const delimiter = this.#script[this.#at - 1]!
    const pattern = this.#delimited(delimiter, 'unterminated address regex')
    const ignoreCase = this.#peek() === 'I'
    if (ignoreCase) this.#at++
    return { kind: 'regex', regex: pattern === '' ? undefined : this.#regex(pattern, ignoreCase) }
  }

  #substitution(): Substitution {
    const delimiter = this.#delimiter("unterminated `s' command")
    const pattern = this.#delimited(delimiter, "unterminated `s' command")
    const replacement = this.#delimited(delimiter, "unterminated `s' command", true)
    const flags = this.#match(/([gpiIme\d]*)/y)
    let file: string | undefined
    if (this.#peek() === 'w') {
      this.#at++
      file = this.#restOfLine()
    }
    this.#end(undefined, "unknown option to `s'")
    const regex = pattern === '' ? undefined : this.#regex(pattern, /i/i.test(flags))
    return {
      regex,
      replacement: parseReplacement(replacement),
      global: flags.includes('g'),
      occurrence: Number(/\d+/.exec(flags)?.[0] ?? 1),
      print: flags.includes('p'),
      file,
    }
  }

  #translation(): ReadonlyMap<string, string> {
    const delimiter = this.#delimiter("unterminated `y' command")
    const [from, to] = [0, 1].map(() => [
      ...this.#delimited(delimiter, "unterminated `y' command")
        .replaceAll('\\n', '\n')
        .replaceAll('\\\\', '\\'),
    ])
    if (from!.length !== to!.length) this.#fail("strings for `y' command are different lengths")
    this.#end(undefined)
    return new Map(from!.map((character, index) => [character, to![index]!]))
  }

  #text(name: string): string {
    this.#skip(/[ \t]*/y)
    if (this.#peek() === undefined) this.#fail("expected \\ after `a', `c' or `i'")
    if (/\\[ \t]*\n/y.test(this.#script.slice(this.#at, this.#at + 3))) this.#skip(/\\[ \t]*\n/y)
    else if (this.#peek() === '\\' && name) this.#at++
    let text = ''
    for (;;) {
      const character = this.#script[this.#at++]
      if (character === undefined || character === '\n') return text
      text += character === '\\' ? (this.#script[this.#at++] ?? '') : character
    }
  }

  #delimiter(message: string): string {
    const delimiter = this.#script[this.#at++]
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') this.#fail(message, this.#at - 1)
    return delimiter
  }

  /** Up to the next bare delimiter. An escaped one loses its backslash; in a bracket expression it does not end. */
  #delimited(delimiter: string, message: string, replacement = false): string {
    let text = ''
    for (;;) {
      const character = this.#script[this.#at++]
      if (character === undefined) this.#fail(message, this.#script.length)
      if (character === delimiter) return text
      if (character === '\\') {
        const next = this.#script[this.#at++]
        if (next === undefined) this.#fail(message, this.#script.length)
        text += next === delimiter ? (replacement && /[&\d]/.test(next) ? `\\${next}` : next) : `\\${next}`
      } else if (character === '[' && !replacement) {
        const set = /^\[\^?\]?(?:\[[:.=].*?[:.=]\]|[^\]])*\]/s.exec(this.#script.slice(this.#at - 1))?.[0]
        text += set ?? character
        if (set) this.#at += set.length - 1
      } else text += character
    }
  }

  #regex(pattern: string, ignoreCase: boolean): RegExp {
    try {
      return compileRegex(pattern, { extended: this.#extended, ignoreCase, flags: 'g' })
    } catch (error) {
      if (error instanceof RegexError) this.#fail(error.message)
      throw error
    }
  }

  #end<T>(value: T, message = 'extra characters after command'): T {
    this.#skip(/[ \t]*/y)
    const next = this.#peek()
    if (next !== undefined && !/[\n;}#]/.test(next)) this.#fail(message, this.#at + 1)
    return value
  }

  #restOfLine(): string {
    return this.#match(/[ \t]*([^\n]*)/y)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#script)
    if (!match) return ''
    this.#at = pattern.lastIndex
    return match[1] ?? match[0]
  }

  #skip(pattern: RegExp): void {
    this.#match(pattern)
  }

  #peek(): string | undefined {
    return this.#script[this.#at]
  }

  #fail(message: string, at = this.#at): never {
    throw new SedError(message, at)
  }
}

function parseReplacement(text: string): ReplacementPart[] {
  const parts: ReplacementPart[] = []
  for (const [whole, escaped] of text.matchAll(/\\(.)|&|[^\\&]+/gs)) {
    if (whole === '&') parts.push(0)
    else if (escaped === undefined) parts.push(whole)
    else if (/\d/.test(escaped)) parts.push(Number(escaped))
    else if (/[ULulE]/.test(escaped)) parts.push({ case: escaped as 'U' })
    else parts.push({ n: '\n', t: '\t', r: '\r' }[escaped] ?? escaped)
  }
  return parts
}
