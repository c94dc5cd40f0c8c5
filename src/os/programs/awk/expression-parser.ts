import type { Expression, Lvalue } from './ast.ts'
import { AwkSyntaxError, type Token } from './lexer.ts'

const COMPARISONS = new Set(['<', '<=', '==', '!=', '>', '>='])
const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='])
/** Operators that cannot begin an operand of a concatenation. */
const OPERAND_STARTS = new Set(['$', '!', '(', '-', '+', '++', '--'])

/** Recursive descent through awk's expressions, lowest precedence first. */
export class ExpressionParser {
  readonly #tokens: readonly Token[]
  position = 0
  /** In `print a > b` the `>` redirects. */
  #noRedirects = false

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  expressions(): Expression[] {
    const list = [this.expression()]
    while (this.take(',')) {
      this.skipNewlines()
      list.push(this.expression())
    }
    return list
  }

  expression(): Expression {
    const left = this.#conditional()
    const operator = this.#peek().text
    if (!this.isKind('operator') || !ASSIGNMENTS.has(operator) || !isLvalue(left)) return left
    this.position++
    this.skipNewlines()
    return { kind: 'assign', operator, target: left, value: this.expression() }
  }

  withoutRedirects<T>(parse: () => T): T {
    const before = this.#noRedirects
    this.#noRedirects = true
    try {
      return parse()
    } finally {
      this.#noRedirects = before
    }
  }

  concatenation(): Expression {
    let left = this.#additive()
    while (this.#startsOperand()) left = { kind: 'binary', operator: ' ', left, right: this.#additive() }
    return left
  }

  subscript(): Expression[] {
    this.expect('[')
    const key = this.#freely(() => this.expressions())
    this.expect(']')
    return key
  }

  is(operator: string): boolean {
    const token = this.#peek()
    return token.kind === 'operator' && token.text === operator
  }

  isKind(kind: Token['kind']): boolean {
    return this.#peek().kind === kind
  }

  isEnd(): boolean {
    return this.isKind('end')
  }

  take(operator: string): boolean {
    if (!this.is(operator)) return false
    this.position++
    return true
  }

  takeKeyword(word: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'keyword' || token.text !== word) return false
    this.position++
    return true
  }

  takeName(): string {
    const token = this.#peek()
    if (token.kind !== 'name' && token.kind !== 'function-call') this.fail()
    this.position++
    return token.text
  }

  expect(operator: string): void {
    if (!this.take(operator)) this.fail()
  }

  skipNewlines(semicolons = false): void {
    while (this.isKind('newline') || (semicolons && this.is(';'))) this.position++
  }

  fail(): never {
    const token = this.#peek()
    throw new AwkSyntaxError(token.kind === 'newline' ? 'end of line' : token.text, token.line)
  }

  #conditional(): Expression {
    const test = this.#or()
    if (!this.take('?')) return test
    this.skipNewlines()
    const yes = this.expression()
    this.skipNewlines()
    this.expect(':')
    this.skipNewlines()
    return { kind: 'conditional', test, yes, no: this.expression() }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.take('||')) {
      this.skipNewlines()
      left = { kind: 'binary', operator: '||', left, right: this.#and() }
    }
    return left
  }

  #and(): Expression {
    let left = this.#in()
    while (this.take('&&')) {
      this.skipNewlines()
      left = { kind: 'binary', operator: '&&', left, right: this.#in() }
    }
    return left
  }

  #in(): Expression {
    let left = this.#match()
    while (this.takeKeyword('in')) {
      left = { kind: 'in', key: left.kind === 'grouping' ? left.items : [left], array: this.takeName() }
    }
    return left
  }

  #match(): Expression {
    let left = this.#comparison()
    while (this.is('~') || this.is('!~')) {
      const operator = this.#peek().text
      this.position++
      left = { kind: 'binary', operator, left, right: this.#comparison() }
    }
    return left
  }

  #comparison(): Expression {
    let left = this.concatenation()
    const operator = this.#peek().text
    if (this.isKind('operator') && COMPARISONS.has(operator) && !(operator === '>' && this.#noRedirects)) {
      this.position++
      left = { kind: 'binary', operator, left, right: this.concatenation() }
    }
    while (!this.#noRedirects && this.is('|') && this.#tokens[this.position + 1]?.text === 'getline') {
      this.position += 2
      left = { kind: 'getline', source: 'command', from: left, target: this.#optionalLvalue() }
    }
    return left
  }

  #additive(): Expression {
    return this.#leftToRight(['+', '-'], () => this.#leftToRight(['*', '/', '%'], () => this.#unary()))
  }

  #leftToRight(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand()
    for (;;) {
      const operator = operators.find((each) => this.take(each))
      if (!operator) return left
      left = { kind: 'binary', operator, left, right: operand() }
    }
  }

  #unary(): Expression {
    const operator = (['!', '-', '+'] as const).find((each) => this.take(each))
    return operator ? { kind: 'unary', operator, operand: this.#unary() } : this.#power()
  }

  #power(): Expression {
    const base = this.#postfix()
    if (!this.take('^') && !this.take('**')) return base
    const operator = (['!', '-', '+'] as const).find((each) => this.take(each))
    const exponent = operator ? ({ kind: 'unary', operator, operand: this.#power() } as const) : this.#power()
    return { kind: 'binary', operator: '^', left: base, right: exponent }
  }

  #postfix(): Expression {
    const target = this.#primary()
    if (!isLvalue(target)) return target
    if (this.take('++')) return { kind: 'step', by: 1, prefix: false, target }
    if (this.take('--')) return { kind: 'step', by: -1, prefix: false, target }
    return target
  }

  #primary(): Expression {
    const token = this.#peek()
    this.position++
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) }
      case 'string':
        return { kind: 'string', value: token.text }
      case 'regex':
        return { kind: 'regex', source: token.text }
      case 'name':
        return this.is('[')
          ? { kind: 'element', array: token.text, key: this.subscript() }
          : { kind: 'variable', name: token.text }
      case 'function-call':
        return { kind: 'call', name: token.text, args: this.#arguments() }
      case 'builtin':
        return { kind: 'builtin', name: token.text, args: this.is('(') ? this.#arguments() : undefined }
      case 'keyword':
        if (token.text === 'getline') return this.#getline()
        break
      case 'operator':
        if (token.text === '$') return this.#field()
        if (token.text === '(') return this.#group()
        if (token.text === '++' || token.text === '--') return this.#prefixStep(token.text)
        break
    }
    this.position--
    return this.fail()
  }

  #field(): Expression {
    const by = this.take('++') ? 1 : this.take('--') ? -1 : undefined
    const operand = this.is('-') ? this.#unary() : this.#primary()
    if (by === undefined || !isLvalue(operand)) return { kind: 'field', index: operand }
    return { kind: 'field', index: { kind: 'step', by, prefix: true, target: operand } }
  }

  #prefixStep(operator: string): Expression {
    const target = this.#primary()
    if (!isLvalue(target)) this.fail()
    return { kind: 'step', by: operator === '++' ? 1 : -1, prefix: true, target }
  }

  #group(): Expression {
    const items = this.#freely(() => this.expressions())
    this.skipNewlines()
    this.expect(')')
    return items.length === 1 ? { kind: 'group', inner: items[0]! } : { kind: 'grouping', items }
  }

  /** Inside of parentheses `>` compares. */
  #freely<T>(parse: () => T): T {
    const before = this.#noRedirects
    this.#noRedirects = false
    try {
      return parse()
    } finally {
      this.#noRedirects = before
    }
  }

  #arguments(): Expression[] {
    this.expect('(')
    this.skipNewlines()
    if (this.take(')')) return []
    const list = this.#freely(() => this.expressions())
    this.skipNewlines()
    this.expect(')')
    return list
  }

  #getline(): Expression {
    const target = this.#optionalLvalue()
    if (!this.take('<')) return { kind: 'getline', source: 'main', target }
    return { kind: 'getline', source: 'file', from: this.#primary(), target }
  }

  #optionalLvalue(): Lvalue | undefined {
    if (!this.is('$') && !this.isKind('name')) return undefined
    const target = this.#primary()
    return isLvalue(target) ? target : this.fail()
  }

  #startsOperand(): boolean {
    const token = this.#peek()
    if (token.kind === 'keyword') return false
    if (token.kind !== 'operator') return !['newline', 'end'].includes(token.kind)
    return OPERAND_STARTS.has(token.text) && token.text !== '-' && token.text !== '+'
  }

  #peek(): Token {
    return this.#tokens[this.position] ?? this.#tokens.at(-1)!
  }
}

function isLvalue(expression: Expression): expression is Lvalue {
  return expression.kind === 'variable' || expression.kind === 'field' || expression.kind === 'element'
}
