import { compileRegex } from './regex.ts'
import { tool, ToolExit, type Tool } from './tool.ts'

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['=', '==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
]

export const expr = tool({
  name: 'expr',
  usage: 'EXPRESSION',
  usageCode: 2,
  short: '',
  raw: true,
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    const state = { args: tool.operands, at: 0, tool }
    const value = level(state, 0)
    if (state.at < state.args.length) syntax(tool, `unexpected argument '${state.args[state.at]}'`)
    yield* tool.print(`${value}\n`)
    return isNull(value) ? 1 : 0
  },
})

interface State {
  readonly args: readonly string[]
  at: number
  readonly tool: Tool
}

const isNull = (value: string): boolean => value === '' || /^-?0+$/.test(value)

function syntax(tool: Tool, text: string): never {
  throw new ToolExit(2, tool.busybox ? 'expr: syntax error\n' : `expr: syntax error: ${text}\n`)
}

function level(state: State, index: number): string {
  const operators = LEVELS[index]
  if (!operators) return primary(state)
  let left = level(state, index + 1)
  while (operators.includes(state.args[state.at] ?? '')) {
    const operator = state.args[state.at++]!
    left = apply(state.tool.busybox, operator, left, level(state, index + 1))
  }
  return left
}

function primary(state: State): string {
  const word = state.args[state.at++]
  if (word === undefined) syntax(state.tool, `missing argument after '${state.args.at(-1)}'`)
  const operand = () => level(state, LEVELS.length)
  if (word === '(') {
    const value = level(state, 0)
    if (state.args[state.at++] !== ')')
      syntax(state.tool, `expecting ')' after '${state.args[state.at - 2]}'`)
    return value
  }
  if (state.at >= state.args.length) return word
  if (word === 'length') return String(operand().length)
  if (word === 'match') return match(operand(), operand())
  if (word === 'index') {
    const [text, characters] = [operand(), operand()]
    return String([...text].findIndex((character) => characters.includes(character)) + 1)
  }
  if (word === 'substr') {
    const [text, from, length] = [operand(), Number(operand()), Number(operand())]
    return from > 0 && length > 0 ? text.slice(from - 1, from - 1 + length) : ''
  }
  return word
}

function match(text: string, pattern: string): string {
  const found = compileRegex(pattern.replace(/^\^/, ''), { extended: false, flags: 'y' }).exec(text)
  const groups = /\\\(/.test(pattern)
  return groups ? (found?.[1] ?? '') : String(found?.[0].length ?? 0)
}

function apply(busybox: boolean, operator: string, left: string, right: string): string {
  if (operator === '|') return isNull(left) ? (isNull(right) ? '0' : right) : left
  if (operator === '&') return isNull(left) || isNull(right) ? '0' : left
  if (operator === ':') return match(left, right)
  const numbers = [left, right].map((text) => (/^-?\d+$/.test(text) ? BigInt(text) : undefined))
  const [a, b] = numbers
  if (COMPARE[operator]) {
    const order =
      a !== undefined && b !== undefined
        ? a < b
          ? -1
          : a > b
            ? 1
            : 0
        : left < right
          ? -1
          : left > right
            ? 1
            : 0
    return COMPARE[operator](order) ? '1' : '0'
  }
  if (a === undefined || b === undefined)
    throw new ToolExit(2, `expr: ${busybox ? 'non-numeric' : 'non-integer'} argument\n`)
  if (b === 0n && '/%'.includes(operator)) throw new ToolExit(2, 'expr: division by zero\n')
  return String(ARITHMETIC[operator]!(a, b))
}

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

const ARITHMETIC: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
