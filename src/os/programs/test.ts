import { evaluateTest, TestError } from './test-expression.ts'
import { tool, type Tool } from './tool.ts'

export const test = tool({
  name: 'test',
  usage: 'EXPRESSION',
  short: '',
  raw: true,
  run: (tool) => run(tool, tool.operands),
})

export const bracket = tool({
  name: '[',
  usage: 'EXPRESSION ]',
  short: '',
  raw: true,
  *run(tool: Tool) {
    if (tool.operands.at(-1) !== ']') tool.fail(tool.busybox ? 'missing ]' : "missing ']'", 2)
    return yield* run(tool, tool.operands.slice(0, -1))
  },
})

function* run(tool: Tool, args: readonly string[]) {
  try {
    return evaluateTest(tool.process, args) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    yield* tool.complain(message(tool, error.message))
    return 2
  }
}

/** bash's builtin and the programs word the same mistakes differently. */
function message(tool: Tool, text: string): string {
  const integer = /^(.*): integer expression expected$/.exec(text)?.[1]
  if (integer !== undefined) return tool.busybox ? `${integer}: bad number` : `invalid integer '${integer}'`
  const operator = /^(.*): unary operator expected$/.exec(text)?.[1]
  if (operator !== undefined)
    return tool.busybox ? `${operator}: unknown operand` : `'${operator}': unary operator expected`
  return text
}
