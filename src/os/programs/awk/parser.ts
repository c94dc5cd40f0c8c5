import type { AwkProgram, Expression, FunctionDefinition, Redirect, Rule, Statement } from './ast.ts'
import { tokenize } from './lexer.ts'
import { ExpressionParser } from './expression-parser.ts'

/** @throws AwkSyntaxError */
export function parseAwk(source: string): AwkProgram {
  return new Parser(tokenize(source)).program()
}

class Parser extends ExpressionParser {
  program(): AwkProgram {
    const begin: Statement[] = []
    const end: Statement[] = []
    const rules: Rule[] = []
    const functions = new Map<string, FunctionDefinition>()
    for (this.skipNewlines(true); !this.isEnd(); this.skipNewlines(true)) {
      if (this.takeKeyword('BEGIN')) begin.push(this.#block())
      else if (this.takeKeyword('END')) end.push(this.#block())
      else if (this.takeKeyword('function') || this.takeKeyword('func')) this.#function(functions)
      else rules.push(this.#rule())
    }
    return { begin, rules, end, functions }
  }

  #function(functions: Map<string, FunctionDefinition>): void {
    const name = this.takeName()
    this.expect('(')
    const parameters: string[] = []
    while (!this.take(')')) {
      parameters.push(this.takeName())
      if (!this.is(')')) this.expect(',')
      this.skipNewlines()
    }
    this.skipNewlines()
    functions.set(name, { parameters, body: this.#block() })
  }

  #rule(): Rule {
    if (this.is('{')) return { pattern: undefined, until: undefined, action: this.#block() }
    const pattern = this.expression()
    let until: Expression | undefined
    if (this.take(',')) {
      this.skipNewlines()
      until = this.expression()
    }
    return { pattern, until, action: this.is('{') ? this.#block() : undefined }
  }

  #block(): Statement {
    this.expect('{')
    const body: Statement[] = []
    for (this.skipNewlines(true); !this.take('}'); this.skipNewlines(true)) body.push(this.#statement())
    return { kind: 'block', body }
  }

  #statement(): Statement {
    if (this.is('{')) return this.#block()
    if (this.takeKeyword('if')) return this.#if()
    if (this.takeKeyword('while')) {
      const test = this.#parenthesized()
      if (this.take(';'))
        return { kind: 'while', test, body: { kind: 'block', body: [] }, atLeastOnce: false }
      return { kind: 'while', test, body: this.#body(), atLeastOnce: false }
    }
    if (this.takeKeyword('do')) {
      const body = this.#body()
      this.skipNewlines(true)
      if (!this.takeKeyword('while')) this.fail()
      const test = this.#parenthesized()
      return this.#ended({ kind: 'while', test, body, atLeastOnce: true })
    }
    if (this.takeKeyword('for')) return this.#for()
    return this.#ended(this.#simple())
  }

  #if(): Statement {
    const test = this.#parenthesized()
    const yes = this.take(';') ? ({ kind: 'block', body: [] } as const) : this.#body()
    const mark = this.position
    this.skipNewlines(true)
    if (!this.takeKeyword('else')) {
      this.position = mark
      return { kind: 'if', test, yes }
    }
    return { kind: 'if', test, yes, no: this.#body() }
  }

  #for(): Statement {
    this.expect('(')
    const mark = this.position
    if (this.isKind('name')) {
      const variable = this.takeName()
      if (this.takeKeyword('in')) {
        const array = this.takeName()
        if (this.take(')')) return { kind: 'for-in', variable, array, body: this.#body() }
      }
      this.position = mark
    }
    const init = this.is(';') ? undefined : this.#simple()
    this.expect(';')
    this.skipNewlines()
    const test = this.is(';') ? undefined : this.expression()
    this.expect(';')
    this.skipNewlines()
    const step = this.is(')') ? undefined : this.#simple()
    this.expect(')')
    const body: Statement = this.take(';') ? { kind: 'block', body: [] } : this.#body()
    return { kind: 'for', body, ...(init && { init }), ...(test && { test }), ...(step && { step }) }
  }

  #parenthesized(): Expression {
    this.expect('(')
    const test = this.expression()
    this.expect(')')
    return test
  }

  #body(): Statement {
    this.skipNewlines()
    return this.#statement()
  }

  #simple(): Statement {
    if (this.takeKeyword('print')) return this.#print(false)
    if (this.takeKeyword('printf')) return this.#print(true)
    for (const kind of ['break', 'continue', 'next'] as const) if (this.takeKeyword(kind)) return { kind }
    for (const kind of ['exit', 'return'] as const) {
      if (this.takeKeyword(kind)) return this.#atEnd() ? { kind } : { kind, value: this.expression() }
    }
    if (this.takeKeyword('delete')) {
      const array = this.takeName()
      return this.is('[') ? { kind: 'delete', array, key: this.subscript() } : { kind: 'delete', array }
    }
    return { kind: 'expression', expression: this.expression() }
  }

  #print(format: boolean): Statement {
    let args =
      this.#atEnd() || this.is('>') || this.is('>>') || this.is('|')
        ? []
        : this.withoutRedirects(() => this.expressions())
    const [only] = args
    if (args.length === 1 && only?.kind === 'grouping') args = [...only.items]
    const to = (['>', '>>', '|'] as const).find((operator) => this.take(operator))
    const redirect: Redirect | undefined = to && {
      to,
      target: this.withoutRedirects(() => this.concatenation()),
    }
    return { kind: 'print', args, format, ...(redirect && { redirect }) }
  }

  #atEnd(): boolean {
    return this.isEnd() || this.isKind('newline') || this.is(';') || this.is('}')
  }

  #ended(statement: Statement): Statement {
    if (!this.take(';') && !this.isKind('newline') && !this.is('}') && !this.isEnd()) this.fail()
    return statement
  }
}
