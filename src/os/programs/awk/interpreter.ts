import { SystemError, type Blocking } from '../../process.ts'
import { compileRegex } from '../regex.ts'
import type { AwkProgram, Expression, Lvalue, Rule, Statement } from './ast.ts'
import { callBuiltin } from './builtins.ts'
import type { AwkStreams } from './streams.ts'
import { AwkRecord } from './record.ts'
import { compareValues, fromInput, sprintf, toBoolean, toNumber, toText, type Value } from './values.ts'

/** What went wrong while a program ran. */
export class AwkError extends Error {}

type AwkArray = Map<string, Value>
type Variable = { value: Value } | { array: AwkArray }

/** How a statement ended, when it was not by coming to its end. */
type Jump =
  | 'break'
  | 'continue'
  | 'next'
  | { readonly exit: number | undefined }
  | { readonly returned: Value }
  | undefined

const SPECIAL: Readonly<Record<string, Value>> = {
  FS: ' ', OFS: ' ', ORS: '\n', RS: '\n', OFMT: '%.6g', CONVFMT: '%.6g', SUBSEP: '\x1c', NR: 0, FNR: 0, RSTART: 0,
  RLENGTH: -1, FILENAME: '',
} // prettier-ignore

export class Interpreter {
  readonly record = new AwkRecord(() => ({ fs: this.text('FS'), ofs: this.text('OFS') }))
  readonly streams: AwkStreams
  readonly #program: AwkProgram
  readonly #globals = new Map<string, Variable>()
  readonly #regexes = new Map<string, RegExp>()
  readonly #openRanges = new Set<Rule>()
  #locals: Map<string, Variable> | undefined
  #depth = 0
  #steps = 0

  constructor(program: AwkProgram, streams: AwkStreams) {
    this.#program = program
    this.streams = streams
    for (const [name, value] of Object.entries(SPECIAL)) this.setVariable(name, value)
  }

  /** Runs it all. @returns the exit code. @throws AwkError */
  *run(): Blocking<number> {
    const { begin, rules, end } = this.#program
    let exit: number | undefined
    for (const action of begin) {
      const jump = yield* this.#execute(action)
      if (isExit(jump)) return jump.exit ?? 0
    }
    if (rules.length > 0 || end.length > 0) exit = yield* this.#records()
    for (const action of end) {
      const jump = yield* this.#execute(action)
      if (isExit(jump)) return jump.exit ?? exit ?? 0
    }
    return exit ?? 0
  }

  *#records(): Blocking<number | undefined> {
    while (yield* this.nextRecord()) {
      for (const rule of this.#program.rules) {
        if (!(yield* this.#selects(rule))) continue
        if (!rule.action) {
          yield* this.streams.print(`${this.record.text}${this.text('ORS')}`)
          continue
        }
        const jump = yield* this.#execute(rule.action)
        if (jump === 'next') break
        if (isExit(jump)) return jump.exit ?? 0
      }
      yield* this.#tick()
    }
    return undefined
  }

  /** Reads the next record of the main input into $0. */
  *nextRecord(): Blocking<boolean> {
    const line = yield* this.streams.mainRecord(this)
    if (line === undefined) return false
    this.record.set(line)
    this.countRecord()
    return true
  }

  countRecord(): void {
    this.setVariable('NR', toNumber(this.variable('NR')) + 1)
    this.setVariable('FNR', toNumber(this.variable('FNR')) + 1)
  }

  *#selects(rule: Rule): Blocking<boolean> {
    if (!rule.pattern) return true
    if (!rule.until) return toBoolean(yield* this.evaluate(rule.pattern))
    if (!this.#openRanges.has(rule)) {
      if (!toBoolean(yield* this.evaluate(rule.pattern))) return false
      this.#openRanges.add(rule)
    }
    if (toBoolean(yield* this.evaluate(rule.until))) this.#openRanges.delete(rule)
    return true
  }

  /** Loops must let time pass. */
  *#tick(): Blocking<void> {
    if (++this.#steps % 200 === 0) yield* this.streams.process.compute()
  }

  // ---- variables ----

  variable(name: string): Value {
    if (name === 'NF') return this.record.count
    const found = this.#find(name)
    return found && 'value' in found ? found.value : undefined
  }

  setVariable(name: string, value: Value): void {
    if (name === 'NF') {
      this.record.count = Math.max(0, Math.trunc(toNumber(value)))
      return
    }
    const scope = this.#locals?.has(name) ? this.#locals : this.#globals
    const known = scope.get(name)
    if (known && 'array' in known && known.array.size > 0)
      throw new AwkError(`can't assign to ${name}; it's an array name.`)
    scope.set(name, { value })
  }

  text(name: string): string {
    return toText(this.variable(name))
  }

  array(name: string): AwkArray {
    const scope = this.#locals?.has(name) ? this.#locals : this.#globals
    const found = scope.get(name)
    if (found && 'array' in found) return found.array
    if (found && found.value !== undefined) throw new AwkError(`can't use scalar ${name} as an array`)
    const array: AwkArray = new Map()
    scope.set(name, { array })
    return array
  }

  #find(name: string): Variable | undefined {
    return this.#locals?.get(name) ?? this.#globals.get(name)
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

  // ---- expressions ----

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
    const definition = this.#program.functions.get(name)
    if (!definition) throw new AwkError(`function ${name} never defined`)
    if (args.length > definition.parameters.length)
      throw new AwkError(`too many arguments in call to ${name}`)
    if (++this.#depth > 1000) throw new AwkError('function call nesting too deep')
    const locals = new Map<string, Variable>()
    for (const [index, parameter] of definition.parameters.entries()) {
      const argument = args[index]
      if (!argument) locals.set(parameter, { value: undefined })
      else if (argument.kind === 'variable') locals.set(parameter, this.#byReference(argument.name))
      else locals.set(parameter, { value: yield* this.evaluate(argument) })
    }
    const outer = this.#locals
    this.#locals = locals
    try {
      yield* this.#tick()
      const jump = yield* this.#execute(definition.body)
      if (isExit(jump)) throw new AwkExit(jump.exit)
      return typeof jump === 'object' && 'returned' in jump ? jump.returned : undefined
    } finally {
      this.#locals = outer
      this.#depth--
    }
  }

  /** Arrays go by reference, also one that has not been used yet; anything else by value. */
  #byReference(name: string): Variable {
    if (name === 'NF') return { value: this.record.count }
    const found = this.#find(name)
    if (found && 'value' in found && found.value !== undefined) return { value: found.value }
    return found && 'array' in found ? found : { array: this.array(name) }
  }

  // ---- statements ----

  *#execute(statement: Statement): Blocking<Jump> {
    switch (statement.kind) {
      case 'block':
        for (const each of statement.body) {
          const jump = yield* this.#execute(each)
          if (jump !== undefined) return jump
        }
        return undefined
      case 'expression':
        yield* this.evaluate(statement.expression)
        return undefined
      case 'print':
        return yield* this.#print(statement)
      case 'if': {
        const branch = toBoolean(yield* this.evaluate(statement.test)) ? statement.yes : statement.no
        return branch && (yield* this.#execute(branch))
      }
      case 'while':
      case 'for':
        return yield* this.#loop(statement)
      case 'for-in':
        for (const key of [...this.array(statement.array).keys()]) {
          this.setVariable(statement.variable, fromInput(key))
          const jump = yield* this.#execute(statement.body)
          if (jump === 'break') break
          if (jump !== undefined && jump !== 'continue') return jump
        }
        return undefined
      case 'delete':
        if (statement.key) this.array(statement.array).delete(yield* this.key(statement.key))
        else this.array(statement.array).clear()
        return undefined
      case 'exit':
        return { exit: statement.value && toNumber(yield* this.evaluate(statement.value)) }
      case 'return':
        return { returned: statement.value && (yield* this.evaluate(statement.value)) }
      default:
        return statement.kind
    }
  }

  *#loop(statement: Extract<Statement, { kind: 'while' | 'for' }>): Blocking<Jump> {
    const isFor = statement.kind === 'for'
    if (isFor && statement.init) yield* this.#execute(statement.init)
    for (let first = true; ; first = false) {
      const skipTest = first && !isFor && statement.atLeastOnce
      if (!skipTest && statement.test && !toBoolean(yield* this.evaluate(statement.test))) return undefined
      const jump = yield* this.#execute(statement.body)
      if (jump === 'break') return undefined
      if (jump !== undefined && jump !== 'continue') return jump
      if (isFor && statement.step) yield* this.#execute(statement.step)
      yield* this.#tick()
    }
  }

  *#print(statement: Extract<Statement, { kind: 'print' }>): Blocking<undefined> {
    const values: Value[] = []
    for (const arg of statement.args) values.push(yield* this.evaluate(arg))
    let text: string
    if (statement.format) text = sprintf(toText(values[0]), values.slice(1))
    else {
      const cells =
        values.length > 0 ? values.map((value) => toText(value, this.text('OFMT'))) : [this.record.text]
      text = cells.join(this.text('OFS')) + this.text('ORS')
    }
    const { redirect } = statement
    if (redirect)
      yield* this.streams.printTo(redirect.to, toText(yield* this.evaluate(redirect.target)), text)
    else yield* this.streams.print(text)
    return undefined
  }
}

/** `exit` inside of a function. */
export class AwkExit extends Error {
  readonly code: number | undefined
  constructor(code: number | undefined) {
    super('exit')
    this.code = code
  }
}

const isExit = (jump: Jump): jump is { readonly exit: number | undefined } =>
  typeof jump === 'object' && 'exit' in jump

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
