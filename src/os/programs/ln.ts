import { SystemError } from '../process.ts'
import { absolute, inside, isDirectory, requireOperands, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const ln = tool({
  name: 'ln',
  usage: '[-sfnbtv] [-S SUF] TARGET... LINK|DIR',
  about: 'Makes links. A hard link is made as a copy, since files here have one name.',
  short: 'sfnTv',
  long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v', 'no-target-directory': 'T' },
  *run(tool: Tool) {
    requireOperands(tool, 1)
    const { options, process } = tool
    const { files } = process.machine
    const operands = [...tool.operands]
    const last = operands.length > 1 ? operands.pop()! : '.'
    for (const target of operands) {
      const link =
        isDirectory(process, last) && !options.has('n') && !options.has('T') ? inside(last, target) : last
      const path = absolute(process, link)
      try {
        if (!options.has('s') && status(process, target).type === 'directory') {
          yield* tool.complain(`${target}: hard link not allowed for directory`)
          continue
        }
        if (options.has('f') && files.stat(path, { followLinks: false })) files.remove(path)
        if (options.has('s')) files.link(target, path)
        else if (files.stat(path)) throw new SystemError('EEXIST')
        else files.write(path, files.read(absolute(process, target)), { mode: status(process, target).mode })
        if (options.has('v')) tool.put(`'${link}' -> '${target}'\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complain(describe(tool, target, link, error))
      }
    }
  },
})

function describe(tool: Tool, target: string, link: string, error: SystemError): string {
  if (tool.busybox) return `${link}: ${error.message}`
  if (error.code === 'ENOENT' && !tool.options.has('s'))
    return `failed to access '${target}': ${error.message}`
  return `failed to create ${tool.options.has('s') ? 'symbolic' : 'hard'} link '${link}': ${error.message}`
}
