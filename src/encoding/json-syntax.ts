/** What is wrong with a text that is no JSON, in the words of Go's `encoding/json`. Undefined for one that is. */
export function jsonSyntaxError(text: string): string | undefined {
  try {
    new Scanner(text).document()
    return undefined
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message
    throw error
  }
}

class SyntaxFault extends Error {}

const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }
const DIGIT = /[0-9]/
const KEY = 'looking for beginning of object key string'

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): void {
    this.#value()
    this.#space()
    if (this.#next !== undefined) this.#fail('after top-level value')
  }

  get #next(): string | undefined {
    const code = this.#text.codePointAt(this.#at)
    return code === undefined ? undefined : String.fromCodePoint(code)
  }

  #fail(where: string): never {
    const char = this.#next
    if (char === undefined) throw new SyntaxFault('unexpected end of JSON input')
    const shown = char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${JSON.stringify(char).slice(1, -1)}'`
    throw new SyntaxFault(`invalid character ${shown} ${where}`)
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#next ?? '')) this.#at++
  }

  /** Takes one of the characters. */
  #expect(wanted: RegExp, where: string): string {
    const char = this.#next
    if (char === undefined || !wanted.test(char)) this.#fail(where)
    this.#at += char.length
    return char
  }

  #value(): void {
    this.#space()
    const char = this.#expect(/[{["\-0-9tfn]/, 'looking for beginning of value')
    if (char === '{') this.#object()
    else if (char === '[') this.#array()
    else if (char === '"') this.#string()
    else if (LITERALS[char]) this.#literal(LITERALS[char])
    else this.#number(char)
  }

  #object(): void {
    this.#space()
    if (this.#next === '}') return void this.#at++
    do {
      this.#space()
      this.#expect(/"/, KEY)
      this.#string()
      this.#space()
      this.#expect(/:/, 'after object key')
      this.#value()
      this.#space()
    } while (this.#expect(/[,}]/, 'after object key:value pair') === ',')
  }

  #array(): void {
    this.#space()
    if (this.#next === ']') return void this.#at++
    do {
      this.#value()
      this.#space()
    } while (this.#expect(/[,\]]/, 'after array element') === ',')
  }

  #string(): void {
    for (;;) {
      const char = this.#expect(/[^\u0000-\u001f]/, 'in string literal')
      if (char === '"') return
      if (char !== '\\' || this.#expect(/["\\/bfnrtu]/, 'in string escape code') !== 'u') continue
      for (let i = 0; i < 4; i++) this.#expect(/[0-9a-fA-F]/, 'in \\u hexadecimal character escape')
    }
  }

  #literal(word: string): void {
    for (const char of word.slice(1)) {
      if (this.#next !== char) this.#fail(`in literal ${word} (expecting '${char}')`)
      this.#at++
    }
  }

  #number(first: string): void {
    const digit = first === '-' ? this.#expect(DIGIT, 'in numeric literal') : first
    if (digit !== '0') this.#digits()
    if (this.#next === '.') {
      this.#at++
      this.#expect(DIGIT, 'after decimal point in numeric literal')
      this.#digits()
    }
    if (!/[eE]/.test(this.#next ?? '')) return
    this.#at++
    if (/[+-]/.test(this.#next ?? '')) this.#at++
    this.#expect(DIGIT, 'in exponent of numeric literal')
    this.#digits()
  }

  #digits(): void {
    while (DIGIT.test(this.#next ?? '')) this.#at++
  }
}
