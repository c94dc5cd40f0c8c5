import { SystemError } from '../process.ts'
import { findCommand } from './run.ts'
import { tool, type Tool } from './tool.ts'

export const env = tool({
  name: 'env',
  usage: '[-iu0] [-] [name=value]... [PROG ARGS]',
  about: 'Prints the environment, or runs a program in a changed one.',
  usageCode: 125,
  short: '+iu:0C:',
  long: { 'ignore-environment': 'i', unset: 'u', null: '0', chdir: 'C' },
  *run(tool: Tool) {
    const { options, process } = tool
    const operands = [...tool.operands]
    if (options.has('i') || operands[0] === '-') process.env.clear()
    if (operands[0] === '-') operands.shift()
    for (const name of options.all('u')) process.env.delete(name)
    for (;;) {
      const equals = operands[0]?.indexOf('=') ?? -1
      if (equals < 1) break
      const assignment = operands.shift()!
      process.env.set(assignment.slice(0, equals), assignment.slice(equals + 1))
    }
    const end = options.has('0') ? '\0' : '\n'
    if (operands.length === 0) {
      yield* tool.print([...process.env].map(([name, value]) => `${name}=${value}${end}`).join(''))
      return 0
    }
    return yield* execute(tool, operands)
  },
})

/** Becomes another program; 127 when there is none, 126 when it cannot be run. */
export function* execute(tool: Tool, argv: readonly string[]) {
  const name = argv[0]!
  try {
    const { program } = findCommand(tool.process, name)
    yield* tool.flush()
    return yield* tool.process.exec(program, argv)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const subject = tool.busybox
      ? `can't execute '${name}'`
      : tool.name === 'env'
        ? `'${name}'`
        : `failed to run command '${name}'`
    yield* tool.complain(`${subject}: ${error.message}`)
    return error.code === 'ENOENT' ? 127 : 126
  }
}

export const printenv = tool({
  name: 'printenv',
  usage: '[VARIABLE]...',
  short: '+0',
  long: { null: '0' },
  *run(tool: Tool) {
    const { env } = tool.process
    if (tool.operands.length === 0)
      return yield* tool.print([...env].map(([name, value]) => `${name}=${value}\n`).join(''))
    for (const name of tool.operands) {
      const value = env.get(name)
      if (value === undefined) tool.status = 1
      else tool.put(`${value}\n`)
    }
    return undefined
  },
})
