import { SystemError, type Blocking } from '../../process.ts'
import { compileRegex } from '../regex.ts'
import type { Expression, FunctionDefinition, Lvalue } from './ast.ts'
import { callBuiltin } from './builtins.ts'
import type { AwkStreams } from './streams.ts'
import { compareValues, fromInput, toBoolean, toNumber, toText, type Value } from './values.ts'
import { AwkError, Variables, type Variable } from './variables.ts'

/** Gives expressions their values. What a function's body does is left to who knows statements. */
export abstract class Evaluator extends Variables {
  readonly streams: AwkStreams
  readonly #functions: ReadonlyMap<string, FunctionDefinition>
  readonly #regexes = new Map<string, RegExp>()
  #depth = 0
  #steps = 0

  constructor(functions: ReadonlyMap<string, FunctionDefinition>, streams: AwkStreams) {
    super()
    this.#functions = functions
    this.streams = streams
  }

  /** Runs the body of a function with its locals in place. @returns what it returns */
  protected abstract runBody(definition: FunctionDefinition): Blocking<Value>

  countRecord(): void {
    this.setVariable('NR', toNumber(this.variable('NR')) + 1)
    this.setVariable('FNR', toNumber(this.variable('FNR')) + 1)
  }

  /** Loops must let time pass. */
  *tick(): Blocking<void> {
    if (++this.#steps % 200 === 0) yield* this.streams.process.compute()
  }

  *key(expressions: readonly Expression[]): Blocking<string> {
    const parts: string[] = []
    for (const expression of expressions)
      parts.push(toText(yield* this.evaluate(expression), this.text('CONVFMT')))
    return parts.join(this.text('SUBSEP'))
  }

  *assign(target: Lvalue, value: Value): Blocking<void> {
    if (target.kind === 'variable') this.setVariable(target.name, value)
    else if (target.kind === 'element') this.array(target.array).set(yield* this.key(target.key), value)
    else {
      const index = toNumber(yield* this.evaluate(target.index))
      if (index < 0) throw new AwkError('attempt to access field -1')
      this.record.setField(Math.trunc(index), value)
    }
  }

  regex(source: string): RegExp {
    let regex = this.#regexes.get(source)
    if (!regex) this.#regexes.set(source, (regex = compileRegex(source, { extended: true, flags: 'g' })))
    regex.lastIndex = 0
    return regex
  }

  /** An expression where a pattern belongs: a literal one as it is, anything else by its text. */
  *pattern(expression: Expression): Blocking<RegExp> {
    return this.regex(
      expression.kind === 'regex' ? expression.source : toText(yield* this.evaluate(expression)),
    )
  }

  *evaluate(expression: Expression): Blocking<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value
      case 'regex':
        return this.regex(expression.source).test(this.record.text) ? 1 : 0
      case 'variable':
        return this.variable(expression.name)
      case 'field': {
        const index = Math.trunc(toNumber(yield* this.evaluate(expression.index)))
        if (index < 0) throw new AwkError(`attempt to access field ${index}`)
        return this.record.get(index)
      }
      case 'element': {
        const array = this.array(expression.array)
        const key = yield* this.key(expression.key)
        if (!array.has(key)) array.set(key, undefined)
        return array.get(key)
      }
      case 'group':
        return yield* this.evaluate(expression.inner)
      case 'grouping':
        return yield* this.key(expression.items)
      case 'conditional':
        return yield* this.evaluate(
          toBoolean(yield* this.evaluate(expression.test)) ? expression.yes : expression.no,
        )
      case 'unary': {
        const operand = yield* this.evaluate(expression.operand)
        return expression.operator === '!'
          ? toBoolean(operand)
            ? 0
            : 1
          : expression.operator === '-'
            ? -toNumber(operand)
            : toNumber(operand)
      }
      case 'binary':
        return yield* this.#binary(expression)
      case 'assign':
        return yield* this.#assignment(expression)
      case 'step': {
        const before = toNumber(yield* this.evaluate(expression.target))
        yield* this.assign(expression.target, before + expression.by)
        return expression.prefix ? before + expression.by : before
      }
      case 'in':
        return this.array(expression.array).has(yield* this.key(expression.key)) ? 1 : 0
      case 'getline':
        return yield* this.#getline(expression)
      case 'builtin':
        return yield* callBuiltin(this, expression.name, expression.args)
      case 'call':
        return yield* this.#call(expression.name, expression.args)
    }
  }

  *#binary(expression: Extract<Expression, { kind: 'binary' }>): Blocking<Value> {
    const { operator } = expression
    const left = yield* this.evaluate(expression.left)
    if (operator === '&&') return toBoolean(left) && toBoolean(yield* this.evaluate(expression.right)) ? 1 : 0
    if (operator === '||') return toBoolean(left) || toBoolean(yield* this.evaluate(expression.right)) ? 1 : 0
    if (operator === '~' || operator === '!~') {
      const matches = (yield* this.pattern(expression.right)).test(toText(left))
      return matches === (operator === '~') ? 1 : 0
    }
    const right = yield* this.evaluate(expression.right)
    if (operator === ' ') return toText(left, this.text('CONVFMT')) + toText(right, this.text('CONVFMT'))
    return ARITHMETIC[operator]
      ? ARITHMETIC[operator](toNumber(left), toNumber(right))
      : COMPARE[operator]!(compareValues(left, right))
        ? 1
        : 0
  }

  *#assignment(expression: Extract<Expression, { kind: 'assign' }>): Blocking<Value> {
    const { operator, target } = expression
    let value = yield* this.evaluate(expression.value)
    if (operator !== '=') {
      const before = toNumber(yield* this.evaluate(target))
      value = ARITHMETIC[operator.slice(0, -1)]!(before, toNumber(value))
    }
    yield* this.assign(target, value)
    return value
  }

  *#getline(expression: Extract<Expression, { kind: 'getline' }>): Blocking<Value> {
    const { source, target } = expression
    let line: string | undefined
    try {
      if (source === 'main') line = yield* this.streams.mainRecord(this)
      else {
        const from = toText(yield* this.evaluate(expression.from!))
        line = yield* this.streams.recordFrom(source, from, this.text('RS'))
      }
    } catch (error) {
      if (error instanceof SystemError) return -1
      throw error
    }
    if (line === undefined) return 0
    if (target) yield* this.assign(target, fromInput(line))
    else this.record.set(line)
    if (source === 'main') this.countRecord()
    else if (!target && source === 'command') this.setVariable('NR', toNumber(this.variable('NR')) + 1)
    return 1
  }

  *#call(name: string, args: readonly Expression[]): Blocking<Value> {
    const definition = this.#functions.get(name)
    if (!definition) throw new AwkError(`function ${name} never defined`)
    if (args.length > definition.parameters.length)
      throw new AwkError(`too many arguments in call to ${name}`)
    if (++this.#depth > 1000) throw new AwkError('function call nesting too deep')
    const locals = new Map<string, Variable>()
    for (const [index, parameter] of definition.parameters.entries()) {
      const argument = args[index]
      if (!argument) locals.set(parameter, { value: undefined })
      else if (argument.kind === 'variable') locals.set(parameter, this.byReference(argument.name))
      else locals.set(parameter, { value: yield* this.evaluate(argument) })
    }
    const outer = this.locals
    this.locals = locals
    try {
      yield* this.tick()
      return yield* this.runBody(definition)
    } finally {
      this.locals = outer
      this.#depth--
    }
  }
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0) throw new AwkError('division by zero')
    return a / b
  },
  '%': (a, b) => {
    if (b === 0) throw new AwkError('division by zero in %')
    return a % b
  },
  '^': (a, b) => a ** b,
  '**': (a, b) => a ** b,
}

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}
