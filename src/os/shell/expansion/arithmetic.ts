import type { Blocking } from '../../process.ts'
import { ShellFailure } from '../control.ts'
import type { Shell } from '../shell.ts'
import { ASSIGNMENTS, BINARY, DIGITS, OPERATORS, UNARY } from './arithmetic-operators.ts'
import { Fields, fieldText } from './fields.ts'
import { parseTemplate } from './parse-word.ts'
import { expandParts } from './words.ts'

/**
 * Evaluates an arithmetic expression: C's operators on 64-bit integers. Expansions are replaced first, as text.
 * @param command what messages begin with, for `((` and `let`
 * @throws ShellFailure for what is no expression, or divides by zero
 */
export function* evaluateArithmetic(shell: Shell, text: string, command?: string): Blocking<bigint> {
  const expanded = yield* expandExpression(shell, text)
  return evaluateExpression(shell, expanded, command)
}

function* expandExpression(shell: Shell, text: string): Blocking<string> {
  if (!/[$`"'\\]/.test(text)) return text
  const parts = parseTemplate(text)
  if (!parts) return text.replaceAll('"', '')
  const fields = new Fields()
  yield* expandParts(shell, parts, fields, true)
  return fields.all.map(fieldText).join(' ').replaceAll('"', '')
}

/** As `evaluateArithmetic`, of a text without expansions. */
export function evaluateExpression(shell: Shell, text: string, command?: string, depth = 0): bigint {
  if (/^\s*$/.test(text)) return 0n
  if (depth > 100)
    throw new ShellFailure(`${text}: expression recursion level exceeded (error token is "${text}")`)
  return new Evaluator(shell, text, command, depth).run()
}

const TOKEN =
  /\s*(?:(\d+#[\w@]+|0[xX][0-9a-fA-F]+|\d\w*)|([A-Za-z_]\w*)|(\*\*|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%<>=!~&|^?:,()[\]]))/y

interface Value {
  readonly number: bigint
  /** A variable that can be assigned to. */
  readonly name?: string
  readonly index?: string
}

class Evaluator {
  readonly #shell: Shell
  readonly #text: string
  readonly #command: string | undefined
  readonly #depth: number
  #at = 0
  #tokenStart = 0
  #previousStart = 0
  #token = ''
  #kind: 'number' | 'name' | 'operator' | 'end' = 'end'
  /** Above 0 in the branch not taken of `?:`, `&&` and `||`: nothing is assigned, and nothing divided. */
  #skipping = 0

  constructor(shell: Shell, text: string, command: string | undefined, depth: number) {
    this.#shell = shell
    this.#text = text
    this.#command = command
    this.#depth = depth
  }

  run(): bigint {
    this.#next()
    const value = this.#expression(0)
    if (this.#kind !== 'end') throw this.#fail('syntax error in expression')
    return value.number
  }

  #next(): void {
    this.#previousStart = this.#tokenStart
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#text)
    this.#tokenStart = this.#at + (/^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0)
    if (!match) {
      if (this.#text.slice(this.#at).trim() !== '')
        throw this.#fail('syntax error: invalid arithmetic operator')
      this.#kind = 'end'
      this.#token = ''
      return
    }
    this.#at = TOKEN.lastIndex
    this.#kind = match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : 'operator'
    this.#token = (match[1] ?? match[2] ?? match[3])!
  }

  #expression(power: number): Value {
    let left = this.#unary()
    for (;;) {
      if (this.#kind !== 'operator') return left
      const operator = this.#token
      if (ASSIGNMENTS.has(operator) && power <= 2) left = this.#assignment(left, operator)
      else if (operator === '?' && power <= 3) left = this.#ternary(left)
      else if ((BINARY[operator] ?? -1) > power || (operator === '**' && power === 14))
        left = this.#binary(left, operator)
      else return left
    }
  }

  #binary(left: Value, operator: string): Value {
    this.#next()
    const skips = (operator === '&&' && left.number === 0n) || (operator === '||' && left.number !== 0n)
    if (skips) this.#skipping++
    // `**` groups to the right.
    const right = this.#expression(operator === '**' ? 13 : BINARY[operator]!)
    if (skips) this.#skipping--
    return { number: this.#compute(operator, left.number, right.number) }
  }

  #compute(operator: string, left: bigint, right: bigint): bigint {
    if (this.#skipping > 0) return 0n
    if ((operator === '/' || operator === '%') && right === 0n) throw this.#fail('division by 0')
    if (operator === '**' && right < 0n) throw this.#fail('exponent less than 0')
    return BigInt.asIntN(64, OPERATORS[operator]!(left, right))
  }

  #ternary(condition: Value): Value {
    this.#next()
    const holds = condition.number !== 0n
    if (!holds) this.#skipping++
    const yes = this.#expression(1)
    if (!holds) this.#skipping--
    if (this.#token !== ':') throw this.#fail("`:' expected for conditional expression")
    this.#next()
    if (holds) this.#skipping++
    const no = this.#expression(2)
    if (holds) this.#skipping--
    return { number: holds ? yes.number : no.number }
  }

  #assignment(left: Value, operator: string): Value {
    if (left.name === undefined) throw this.#fail('attempted assignment to non-variable')
    this.#next()
    const right = this.#expression(2).number
    const number = operator === '=' ? right : this.#compute(operator.slice(0, -1), left.number, right)
    this.#store(left, number)
    return { number }
  }

  #store(target: Value, number: bigint): void {
    if (this.#skipping > 0) return
    const { variables } = this.#shell
    if (target.index !== undefined) variables.setElement(target.name!, target.index, String(number))
    else variables.set(target.name!, String(number))
  }

  #unary(): Value {
    const token = this.#token
    if (this.#kind === 'operator' && UNARY[token]) {
      this.#next()
      return { number: BigInt.asIntN(64, UNARY[token](this.#expression(14).number)) }
    }
    if (this.#kind === 'operator' && (token === '++' || token === '--')) {
      this.#next()
      const operand = this.#primary()
      const number = operand.number + (token === '++' ? 1n : -1n)
      if (operand.name !== undefined) this.#store(operand, number)
      return { number: operand.name === undefined ? operand.number : number }
    }
    const operand = this.#primary()
    if (
      this.#kind === 'operator' &&
      (this.#token === '++' || this.#token === '--') &&
      operand.name !== undefined
    ) {
      this.#store(operand, operand.number + (this.#token === '++' ? 1n : -1n))
      this.#next()
      return { number: operand.number }
    }
    return operand
  }

  #primary(): Value {
    const token = this.#token
    if (this.#kind === 'number') {
      const number = this.#number(token)
      this.#next()
      return { number }
    }
    if (this.#kind === 'name') return this.#variable()
    if (token === '(') {
      this.#next()
      const { number } = this.#expression(0)
      if (this.#token !== ')') throw this.#fail("missing `)'")
      this.#next()
      return { number }
    }
    throw this.#fail('syntax error: operand expected')
  }

  #variable(): Value {
    const name = this.#token
    const { variables } = this.#shell
    let index: string | undefined
    this.#next()
    if (this.#kind === 'operator' && this.#token === '[') {
      const close = this.#text.indexOf(']', this.#at)
      const inner = this.#text.slice(this.#at, close < 0 ? undefined : close)
      const associative = variables.find(name)?.associative
      index = associative
        ? inner
        : String(evaluateExpression(this.#shell, inner, this.#command, this.#depth + 1))
      this.#at = close < 0 ? this.#text.length : close + 1
      this.#next()
    }
    const text =
      index === undefined
        ? variables.get(name)
        : (variables.find(name)?.elements?.get(index) ?? (index === '0' ? variables.get(name) : undefined))
    if (
      text === undefined &&
      this.#shell.options.has('nounset') &&
      this.#skipping === 0 &&
      !ASSIGNMENTS.has(this.#token)
    ) {
      throw new ShellFailure(`${name}: unbound variable`)
    }
    const number =
      text === undefined || (ASSIGNMENTS.has(this.#token) && this.#token === '=') ? 0n : this.#valueOf(text)
    return index === undefined ? { number, name } : { number, name, index }
  }

  #valueOf(text: string): bigint {
    return /^-?\d{1,15}$/.test(text) && !/^-?0\d/.test(text)
      ? BigInt(text)
      : evaluateExpression(this.#shell, text, this.#command, this.#depth + 1)
  }

  #number(token: string): bigint {
    if (/^0[xX]/.test(token)) return BigInt.asIntN(64, BigInt(token))
    const [, base, digits] = /^(\d+)#(.+)$/.exec(token) ?? []
    if (base !== undefined) return this.#inBase(Number(base), digits!)
    if (/^0\d/.test(token)) return this.#inBase(8, token)
    if (!/^\d+$/.test(token)) throw this.#fail('value too great for base')
    return BigInt.asIntN(64, BigInt(token))
  }

  #inBase(base: number, digits: string): bigint {
    if (base < 2 || base > 64) throw this.#fail('invalid arithmetic base')
    let number = 0n
    for (const digit of digits) {
      const value = DIGITS.indexOf(base <= 36 ? digit.toLowerCase() : digit)
      if (value < 0 || value >= base) throw this.#fail('value too great for base')
      number = number * BigInt(base) + BigInt(value)
    }
    return BigInt.asIntN(64, number)
  }

  #fail(message: string): ShellFailure {
    if (this.#shell.personality.kind === 'ash') {
      return new ShellFailure(message === 'division by 0' ? 'divide by zero' : 'arithmetic syntax error', {
        status: 2,
      })
    }
    const prefix = this.#command ? `${this.#command}: ` : ''
    const text = this.#command ? this.#text : this.#text.trimStart()
    // Of an expression that just ended, or divided by zero, the last token is shown.
    const start = this.#kind === 'end' || message === 'division by 0' ? this.#previousStart : this.#tokenStart
    const token = this.#text.slice(start)
    return new ShellFailure(`${prefix}${text}: ${message} (error token is "${token}")`, {
      discard: this.#command === undefined,
    })
  }
}
