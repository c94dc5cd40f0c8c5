import { SystemError } from '../process.ts'
import { copyTree, sourcesAndTargets } from './copy.ts'
import { absolute, requireOperands, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const mv = tool({
  name: 'mv',
  usage: '[-finT] SOURCE... DEST',
  about: 'Renames files or moves them to a directory.',
  short: 'finvTt:u',
  long: {
    force: 'f',
    interactive: 'i',
    'no-clobber': 'n',
    verbose: 'v',
    'no-target-directory': 'T',
    'target-directory': 't',
    update: 'u',
  },
  *run(tool: Tool) {
    requireOperands(tool, tool.options.has('t') ? 1 : 2)
    const { options, process } = tool
    const { files } = process.machine
    for (const [from, to] of sourcesAndTargets(tool)) {
      const target = () => absolute(process, to).replace(/(.)\/$/, '$1')
      try {
        status(process, from, false)
        if (options.has('n') && files.stat(target())) continue
        if (absolute(process, from) === target()) {
          yield* tool.complain(`'${from}' and '${to}' are the same file`)
          continue
        }
        try {
          files.rename(absolute(process, from).replace(/(.)\/$/, '$1'), target())
        } catch (error) {
          if (!(error instanceof SystemError) || error.code !== 'EXDEV') throw error
          yield* copyTree(tool, from, to, { keepLinks: true, keepTimes: true })
          files.remove(absolute(process, from), { recursive: true })
        }
        if (options.has('v'))
          tool.put(tool.busybox ? `'${from}' -> '${to}'\n` : `renamed '${from}' -> '${to}'\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complain(describe(tool, from, to, error))
      }
    }
  },
})

function describe(tool: Tool, from: string, to: string, error: SystemError): string {
  const missing =
    from === '' || !tool.process.machine.files.stat(absolute(tool.process, from), { followLinks: false })
  if (missing)
    return tool.busybox
      ? `can't rename '${from}': ${error.message}`
      : `cannot stat '${from}': ${error.message}`
  return tool.busybox
    ? `can't rename '${from}': ${error.message}`
    : `cannot move '${from}' to '${to}': ${error.message}`
}
