import type { Blocking } from '../../process.ts'
import type { Shell } from '../shell.ts'
import { TestError, isBinary, isUnary, testBinary, testUnary } from './test-operators.ts'

export function* test(shell: Shell, argv: readonly string[]): Blocking<number> {
  return yield* evaluate(shell, argv[0]!, argv.slice(1))
}

export function* bracket(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (argv.at(-1) === ']' && argv.length > 1) return yield* evaluate(shell, '[', argv.slice(1, -1))
  yield* shell.complain(shell.personality.kind === 'ash' ? 'missing ]' : "[: missing `]'")
  return 2
}

function* evaluate(shell: Shell, name: string, words: readonly string[]): Blocking<number> {
  try {
    return byCount(shell, words) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    yield* shell.complain(shell.personality.kind === 'ash' ? error.message : `${name}: ${error.message}`)
    return 2
  }
}

/** POSIX decides by the number of arguments; only longer ones are parsed as an expression. */
function byCount(shell: Shell, words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words
  switch (words.length) {
    case 0:
      return false
    case 1:
      return first !== ''
    case 2:
      if (first === '!') return second === ''
      return testUnary(shell, first, second)
    case 3:
      if (isBinary(second)) return testBinary(shell, first, second, third)
      if (second === '-a') return first !== '' && third !== ''
      if (second === '-o') return first !== '' || third !== ''
      if (first === '!') return !byCount(shell, words.slice(1))
      if (first === '(' && third === ')') return second !== ''
      throw new TestError(
        shell.personality.kind === 'ash'
          ? `${second}: unknown operand`
          : `${second}: binary operator expected`,
      )
    case 4:
      if (first === '!') return !byCount(shell, words.slice(1))
      if (first === '(' && words[3] === ')') return byCount(shell, words.slice(1, 3))
  }
  const parser = new Expression(shell, words)
  return parser.whole()
}

class Expression {
  readonly #shell: Shell
  readonly #words: readonly string[]
  #at = 0

  constructor(shell: Shell, words: readonly string[]) {
    this.#shell = shell
    this.#words = words
  }

  whole(): boolean {
    const result = this.#or()
    if (this.#at < this.#words.length) throw new TestError('too many arguments')
    return result
  }

  #or(): boolean {
    let result = this.#and()
    while (this.#take('-o')) result = this.#and() || result
    return result
  }

  #and(): boolean {
    let result = this.#not()
    while (this.#take('-a')) result = this.#not() && result
    return result
  }

  #not(): boolean {
    if (this.#take('!')) return !this.#not()
    if (this.#words[this.#at] === '(' && !isBinary(this.#words[this.#at + 1] ?? '')) {
      this.#at++
      const result = this.#or()
      if (!this.#take(')')) throw new TestError("`)' expected")
      return result
    }
    return this.#primary()
  }

  #primary(): boolean {
    const word = this.#words[this.#at++]
    if (word === undefined) throw new TestError('argument expected')
    const operator = this.#words[this.#at]
    if (operator !== undefined && isBinary(operator) && this.#at + 1 < this.#words.length) {
      this.#at += 2
      return testBinary(this.#shell, word, operator, this.#words[this.#at - 1]!)
    }
    if (isUnary(word) && operator !== undefined) {
      this.#at++
      return testUnary(this.#shell, word, operator)
    }
    return word !== ''
  }

  #take(word: string): boolean {
    if (this.#words[this.#at] !== word) return false
    this.#at++
    return true
  }
}
