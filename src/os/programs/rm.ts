import { SystemError } from '../process.ts'
import { baseName } from '../path.ts'
import { absolute, forEachOperand, requireOperands, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const rm = tool({
  name: 'rm',
  usage: '[-irf] FILE...',
  about: 'Removes files and directories.',
  short: 'fiIrRvd',
  long: {
    force: 'f',
    recursive: 'r',
    interactive: 'i::',
    verbose: 'v',
    dir: 'd',
    'no-preserve-root': 'no-preserve-root',
  },
  *run(tool: Tool) {
    const { options, operands, process } = tool
    if (!options.has('f')) requireOperands(tool, 1, 'operand')
    const recursive = options.has('r') || options.has('R')
    const act = function* (name: string) {
      const found = status(process, name, false)
      if (baseName(name) === '.' || baseName(name) === '..') {
        yield* tool.complain(
          tool.busybox
            ? `refusing to remove '.' or '..' directory: skipping '${name}'`
            : `refusing to remove '.' or '..' directory: skipping '${name}'`,
        )
        return
      }
      if (recursive && absolute(process, name) === '/' && !options.has('no-preserve-root')) {
        yield* tool.complain(
          "it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe",
        )
        return
      }
      if (found.type === 'directory' && !recursive && !options.has('d')) throw new SystemError('EISDIR')
      if (options.has('i') && !options.has('f')) {
        yield* tool.flush()
        yield* process.printError(
          `rm: remove ${found.type === 'directory' ? 'directory' : found.size === 0 && !tool.busybox ? 'regular empty file' : tool.busybox ? '' : 'regular file'}${tool.busybox ? '' : ' '}'${name}'? `,
        )
        if (!/^[yY]/.test((yield* process.read()) ?? '')) return
      }
      process.machine.files.remove(absolute(process, name).replace(/(.)\/$/, '$1'), { recursive })
      if (options.has('v')) tool.put(`removed ${found.type === 'directory' ? 'directory ' : ''}'${name}'\n`)
    }
    const ignored = (name: string) => {
      if (!options.has('f')) return false
      return name === '' || !process.machine.files.stat(absolute(process, name), { followLinks: false })
    }
    yield* forEachOperand(
      tool,
      operands.filter((name) => !ignored(name)),
      act,
      (name, error) => {
        if (tool.busybox)
          return error.code === 'EISDIR'
            ? `'${name}' is a directory`
            : `can't remove '${name}': ${error.message}`
        return `cannot remove '${name}': ${error.message}`
      },
    )
  },
})
