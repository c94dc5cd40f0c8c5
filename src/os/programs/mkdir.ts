import { applyMode } from './modes.ts'
import { absolute, forEachOperand, requireOperands } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const mkdir = tool({
  name: 'mkdir',
  usage: '[-m MODE] [-p] DIRECTORY...',
  about: 'Makes directories.',
  short: 'm:pv',
  long: { parents: 'p', mode: 'm', verbose: 'v' },
  *run(tool: Tool) {
    requireOperands(tool, 1, 'operand')
    const { options, process } = tool
    const act = (name: string) => {
      const path = absolute(process, name).replace(/\/$/, '') || '/'
      process.machine.files.makeDirectory(path, { parents: options.has('p') })
      const mode = options.get('m')
      if (mode !== undefined)
        process.machine.files.chmod(
          path,
          applyMode(mode, 0o777, true) ?? tool.fail(`invalid mode: '${mode}'`),
        )
      if (options.has('v'))
        tool.put(tool.busybox ? `created directory: '${name}'\n` : `mkdir: created directory '${name}'\n`)
    }
    yield* forEachOperand(tool, tool.operands, act, (name, error) =>
      tool.busybox
        ? `can't create directory '${name}': ${error.message}`
        : `cannot create directory '${name}': ${error.message}`,
    )
  },
})
