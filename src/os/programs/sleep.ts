import { parseSeconds } from './numbers.ts'
import { tool, type Tool } from './tool.ts'

export const sleep = tool({
  name: 'sleep',
  usage: '[N]...',
  about: 'Waits for a time: N seconds, or Nm, Nh, Nd.',
  short: '',
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    let seconds = 0
    for (const operand of tool.operands) {
      const part = parseSeconds(operand)
      if (part === undefined) {
        if (tool.busybox) tool.fail(`invalid number '${operand}'`)
        tool.usageError(`invalid time interval '${operand}'`)
      }
      seconds += part
    }
    yield* tool.process.sleep(Math.min(seconds * 1000, Number.MAX_SAFE_INTEGER))
  },
})
