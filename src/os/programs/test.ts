import { evaluateTest } from '../test-expression.ts'
import { TestError, type TestContext } from '../test-operators.ts'
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
  const context: TestContext = {
    process: tool.process,
    wording: tool.busybox ? 'busybox' : 'bash',
    isSet: (name) => tool.process.env.has(name),
    hasOption: () => false,
  }
  try {
    return evaluateTest(context, args) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    yield* tool.complain(message(tool, error.message))
    return 2
  }
}

/** The programs word some mistakes unlike the shells' builtins. */
function message(tool: Tool, text: string): string {
  const [, word, mistake] =
    /^(.*): (integer expression|unary operator|binary operator) expected$/.exec(text) ?? []
  if (word === undefined) return text
  if (tool.busybox) return `${word}: unknown operand`
  return mistake === 'integer expression' ? `invalid integer '${word}'` : `'${word}': ${mistake} expected`
}
