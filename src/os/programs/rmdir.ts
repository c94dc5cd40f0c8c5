import { SystemError } from '../process.ts'
import { absolute, forEachOperand, requireOperands, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const rmdir = tool({
  name: 'rmdir',
  usage: '[-p] DIRECTORY...',
  about: 'Removes empty directories.',
  short: 'pv',
  long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'ignore' },
  *run(tool: Tool) {
    requireOperands(tool, 1, 'operand')
    const { process } = tool
    const act = (name: string) => {
      for (
        let path = name;
        path !== '' && path !== '/' && path !== '.';
        path = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      ) {
        if (status(process, path, false).type !== 'directory') throw new SystemError('ENOTDIR')
        process.machine.files.remove(absolute(process, path).replace(/\/$/, ''))
        if (!tool.options.has('p')) break
      }
    }
    yield* forEachOperand(tool, tool.operands, act, (name, error) =>
      tool.busybox ? `'${name}': ${error.message}` : `failed to remove '${name}': ${error.message}`,
    )
  },
})
