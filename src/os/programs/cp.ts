import { SystemError } from '../process.ts'
import { copyTree, sourcesAndTargets } from './copy.ts'
import { absolute, requireOperands, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const cp = tool({
  name: 'cp',
  usage: '[-arPLHpfinlsTu] SOURCE... DEST',
  about: 'Copies files and directories.',
  short: 'arRfinpPLHdvTt:uls',
  long: {
    recursive: 'r',
    archive: 'a',
    force: 'f',
    'no-clobber': 'n',
    interactive: 'i',
    verbose: 'v',
    'no-target-directory': 'T',
    'target-directory': 't',
    preserve: 'p::',
    update: 'u',
  },
  *run(tool: Tool) {
    requireOperands(tool, tool.options.has('t') ? 1 : 2)
    const { options, process } = tool
    const { files } = process.machine
    const recursive = ['r', 'R', 'a'].some((key) => options.has(key))
    for (const [from, to] of sourcesAndTargets(tool)) {
      try {
        const found = status(process, from, !options.has('a') && !options.has('P') && !options.has('d'))
        if (found.type === 'directory' && !recursive) {
          yield* tool.complain(
            tool.busybox ? `omitting directory '${from}'` : `-r not specified; omitting directory '${from}'`,
          )
          continue
        }
        if (absolute(process, from) === absolute(process, to)) {
          yield* tool.complain(`'${from}' and '${to}' are the same file`)
          continue
        }
        const old = files.stat(absolute(process, to))
        if (old && (options.has('n') || (options.has('u') && old.modifiedMs >= found.modifiedMs))) continue
        if (found.type === 'directory' && old && old.type !== 'directory') {
          yield* tool.complain(`cannot overwrite non-directory '${to}' with directory '${from}'`)
          continue
        }
        yield* copyTree(tool, from, to, {
          keepLinks: options.has('a') || options.has('P') || options.has('d'),
          keepTimes: options.has('a') || options.has('p'),
        })
        if (options.has('v')) tool.put(`'${from}' -> '${to}'\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complain(describe(tool, from, to, error))
      }
    }
  },
})

function describe(tool: Tool, from: string, to: string, error: SystemError): string {
  const missing = !tool.process.machine.files.stat(absolute(tool.process, from), { followLinks: false })
  if (tool.busybox)
    return missing ? `can't stat '${from}': ${error.message}` : `can't create '${to}': ${error.message}`
  if (missing) return `cannot stat '${from}': ${error.message}`
  return error.code === 'EINVAL'
    ? `cannot copy a directory, '${from}', into itself, '${to}'`
    : `cannot create regular file '${to}': ${error.message}`
}
