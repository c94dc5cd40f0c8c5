import { formatPrintf } from './printf-format.ts'
import { tool, type Tool } from './tool.ts'

export const printf = tool({
  name: 'printf',
  usage: 'FORMAT [ARG]...',
  short: '',
  raw: true,
  *run(tool: Tool) {
    const operands = tool.operands[0] === '--' ? tool.operands.slice(1) : tool.operands
    const [format, ...args] = operands
    if (format === undefined) tool.usageError(tool.busybox ? undefined : 'missing operand')
    const { text, problems } = formatPrintf(format, args)
    yield* tool.print(text)
    for (const problem of problems) yield* tool.complain(tool.busybox ? busyboxProblem(problem) : problem)
  },
})

const busyboxProblem = (problem: string): string =>
  problem
    .replace(/^'(.*)': .*(value|converted)$/, "invalid number '$1'")
    .replace(/^(\S+): invalid conversion.*/, '$1: invalid format')
