import type { Blocking } from '../../process.ts'
import type { AwkProgram, FunctionDefinition, Rule, Statement } from './ast.ts'
import { Evaluator } from './evaluator.ts'
import type { AwkStreams } from './streams.ts'
import { fromInput, sprintf, toBoolean, toNumber, toText, type Value } from './values.ts'

export { AwkError } from './variables.ts'

/** How a statement ended, when it was not by coming to its end. */
type Jump =
  | 'break'
  | 'continue'
  | 'next'
  | { readonly exit: number | undefined }
  | { readonly returned: Value }
  | undefined

/** Runs a program: BEGIN, its rules for each record, END. */
export class Interpreter extends Evaluator {
  readonly #program: AwkProgram
  readonly #openRanges = new Set<Rule>()

  constructor(program: AwkProgram, streams: AwkStreams) {
    super(program.functions, streams)
    this.#program = program
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
      yield* this.tick()
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

  protected *runBody(definition: FunctionDefinition): Blocking<Value> {
    const jump = yield* this.#execute(definition.body)
    if (isExit(jump)) throw new AwkExit(jump.exit)
    return typeof jump === 'object' && 'returned' in jump ? jump.returned : undefined
  }

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
      yield* this.tick()
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
