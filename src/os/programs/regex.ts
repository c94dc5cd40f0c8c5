import { BoundedRegExp } from './bounded-regex.ts'

/** A pattern that is not a regular expression; `message` is regcomp's. */
export class RegexError extends Error {}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', upper: 'A-Z', lower: 'a-z', space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t', punct: '!-\\/:-@\\[-`{-~', print: ' -~', graph: '!-~', cntrl: '\\x00-\\x1f\\x7f', xdigit: '0-9A-Fa-f',
} // prettier-ignore

/**
 * Translates a POSIX regular expression with GNU's additions (`\w \b \< \+ \|`) to one of JavaScript. The difference
 * that stays: of several alternatives JavaScript takes the first that fits, POSIX the longest.
 * @throws RegexError
 */
export function compileRegex(
  pattern: string,
  options: { readonly extended: boolean; readonly ignoreCase?: boolean; readonly flags?: string },
): RegExp {
  const source = new Translator(pattern, options.extended).translate()
  try {
    return new BoundedRegExp(source, `s${options.ignoreCase ? 'i' : ''}${options.flags ?? ''}`)
  } catch {
    throw new RegexError('Invalid regular expression')
  }
}

/** The text as a pattern that matches it alone. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

class Translator {
  readonly #pattern: string
  readonly #extended: boolean
  #at = 0
  #open = 0
  #groups = 0
  #result = ''
  /** Nothing stands before that could be repeated: here `*` is itself, and `^` an anchor in basic syntax. */
  #start = true

  constructor(pattern: string, extended: boolean) {
    this.#pattern = pattern
    this.#extended = extended
  }

  translate(): string {
    while (this.#at < this.#pattern.length) this.#next()
    if (this.#open > 0) throw new RegexError('Unmatched ( or \\(')
    return this.#result
  }

  #next(): void {
    const character = this.#pattern[this.#at]!
    if (character === '[') return this.#emit(this.#bracket())
    if (character === '\\') return this.#escape()
    this.#at++
    if (character === '*') return this.#start ? this.#emit('\\*') : this.#repeat('*')
    if (character === '^') return this.#anchor(character)
    if (character === '$') return this.#anchor(character)
    if (character === '.') return this.#emit('.')
    if (this.#extended && '(){}+?|'.includes(character)) return this.#operator(character)
    this.#emit(escapeRegex(character))
  }

  #escape(): void {
    const next = this.#pattern[this.#at + 1]
    if (next === undefined) throw new RegexError('Trailing backslash')
    this.#at += 2
    if (!this.#extended && '(){}+?|'.includes(next)) return this.#operator(next)
    if (/[1-9]/.test(next)) {
      if (Number(next) > this.#groups) throw new RegexError('Invalid back reference')
      return this.#emit(`\\${next}(?:)`)
    }
    const known: Readonly<Record<string, string>> = {
      '<': '\\b(?=\\w)', '>': '\\b(?<=\\w)', '`': '^', "'": '$', w: '\\w', W: '\\W', s: '\\s', S: '\\S', b: '\\b',
      B: '\\B', n: '\\n', t: '\\t', f: '\\f', v: '\\v', r: '\\r',
    } // prettier-ignore
    this.#emit(known[next] ?? escapeRegex(next))
  }

  #operator(operator: string): void {
    if (operator === '(') {
      this.#open++
      this.#groups++
      this.#result += '('
      this.#start = true
    } else if (operator === ')') {
      if (this.#open === 0) {
        if (!this.#extended) throw new RegexError('Unmatched ) or \\)')
        return this.#emit('\\)')
      }
      this.#open--
      this.#emit(')')
    } else if (operator === '|') {
      this.#result += '|'
      this.#start = true
    } else if (operator === '{') this.#interval()
    else if (operator === '}') this.#emit('\\}')
    else if (this.#start) this.#emit(escapeRegex(operator))
    else this.#repeat(operator)
  }

  #interval(): void {
    const close = this.#extended ? '}' : '\\}'
    const rest = this.#pattern.slice(this.#at)
    const end = rest.indexOf(close)
    const content = end < 0 ? '' : rest.slice(0, end)
    const match = /^(\d*)(,?)(\d*)$/.exec(content)
    if (this.#start || !match || content === '' || (match[1] === '' && match[2] === '')) {
      if (!this.#extended) throw new RegexError(end < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}')
      return this.#emit('\\{')
    }
    this.#at += end + close.length
    const [, low, comma, high] = match
    if (comma && high !== '' && Number(high) < Number(low)) throw new RegexError('Invalid content of \\{\\}')
    this.#repeat(`{${low || 0}${comma}${high}}`)
  }

  /** Repetitions of repetitions (`a**`) are grouped, since JavaScript has another meaning for them. */
  #repeat(operator: string): void {
    if (/[*+?}]$/.test(this.#result) && !/\\[*+?}]$/.test(this.#result)) {
      if (/[*]$/.test(this.#result) && operator === '*') return
      this.#result = `(?:${this.#result})`
    }
    this.#result += operator
  }

  #anchor(character: '^' | '$'): void {
    if (this.#extended) {
      this.#result += character
      return
    }
    const rest = this.#pattern.slice(this.#at)
    const anchors =
      character === '^' ? this.#start : rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|')
    if (anchors) this.#result += character
    else this.#emit(`\\${character}`)
  }

  #emit(text: string): void {
    this.#result += text
    this.#start = false
  }

  #bracket(): string {
    const pattern = this.#pattern
    let at = this.#at + 1
    const negated = pattern[at] === '^'
    if (negated) at++
    let set = ''
    for (let first = true; ; first = false) {
      const character = pattern[at]
      if (character === undefined) {
        throw new RegexError(
          set === '' && !pattern.includes('[:')
            ? 'Invalid regular expression'
            : 'Unmatched [, [^, [:, [., or [=',
        )
      }
      if (character === ']' && !first) break
      const special = /^\[([:.=])(.*?)\1\]/s.exec(pattern.slice(at))
      if (special) {
        at += special[0].length
        const members = special[1] === ':' ? CLASSES[special[2]!] : escapeInSet(special[2]!)
        if (members === undefined) throw new RegexError('Invalid character class name')
        set += members
        continue
      }
      at++
      set += escapeInSet(character)
      const high = pattern[at] === '-' ? pattern[at + 1] : undefined
      if (high !== undefined && high !== ']' && high !== '[') {
        if (high < character) throw new RegexError('Invalid range end')
        set += `-${escapeInSet(high)}`
        at += 2
      }
    }
    this.#at = at + 1
    return set === '' ? (negated ? '[^]' : '[]') : `[${negated ? '^' : ''}${set}]`
  }
}

const escapeInSet = (text: string): string => text.replace(/[\\\]^[-]/g, '\\$&')
