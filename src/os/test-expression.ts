import { isBinary, isUnary, TestError, testBinary, testUnary, type TestContext } from './test-operators.ts'

/**
 * Evaluates the arguments of `test` and `[` (without the closing bracket). POSIX decides by their number; only longer
 * ones are parsed as an expression. @throws TestError
 */
export function evaluateTest(context: TestContext, words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words
  switch (words.length) {
    case 0:
      return false
    case 1:
      return first !== ''
    case 2:
      if (first === '!') return second === ''
      return testUnary(context, first, second)
    case 3:
      if (isBinary(second)) return testBinary(context, first, second, third)
      if (second === '-a') return first !== '' && third !== ''
      if (second === '-o') return first !== '' || third !== ''
      if (first === '!') return !evaluateTest(context, words.slice(1))
      if (first === '(' && third === ')') return second !== ''
      throw new TestError(
        context.wording === 'busybox' ? `${second}: unknown operand` : `${second}: binary operator expected`,
      )
    case 4:
      if (first === '!') return !evaluateTest(context, words.slice(1))
      if (first === '(' && words[3] === ')') return evaluateTest(context, words.slice(1, 3))
  }
  const parser = new Expression(context, words)
  return parser.whole()
}

class Expression {
  readonly #context: TestContext
  readonly #words: readonly string[]
  #at = 0

  constructor(context: TestContext, words: readonly string[]) {
    this.#context = context
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
      return testBinary(this.#context, word, operator, this.#words[this.#at - 1]!)
    }
    if (isUnary(word) && operator !== undefined) {
      this.#at++
      return testUnary(this.#context, word, operator)
    }
    return word !== ''
  }

  #take(word: string): boolean {
    if (this.#words[this.#at] !== word) return false
    this.#at++
    return true
  }
}
