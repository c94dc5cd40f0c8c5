import { SystemError } from '../process.ts'
import { parseDate } from './date-parse.ts'
import { absolute, forEachOperand, requireOperands } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const touch = tool({
  name: 'touch',
  usage: '[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...',
  about: 'Sets the time of files, making those that are missing.',
  short: 'acmfd:r:t:h',
  long: { date: 'd', 'no-create': 'c', reference: 'r' },
  *run(tool: Tool) {
    requireOperands(tool, 1)
    const { options, process } = tool
    const { files } = process.machine
    const date = options.get('d')
    const reference = options.get('r')
    const now = process.now()
    const time =
      date !== undefined
        ? parseDate(date, now)
        : reference !== undefined
          ? files.stat(absolute(process, reference))?.modifiedMs
          : now
    if (time === undefined) tool.fail(`invalid date format '${date ?? reference}'`)
    const act = (name: string) => {
      const path = absolute(process, name)
      const found = files.stat(path)
      if (!found && options.has('c')) return
      if (!found && path.endsWith('/')) throw new SystemError('ENOENT')
      if (!found) files.write(path, '')
      files.touch(path, time)
    }
    yield* forEachOperand(tool, tool.operands, act, (name, error) =>
      tool.busybox ? `${name}: ${error.message}` : `cannot touch '${name}': ${error.message}`,
    )
  },
})
