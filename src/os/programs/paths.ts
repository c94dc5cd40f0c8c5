import type { FileStatus, FileSystem } from '../file-system.ts'
import { baseName, resolvePath } from '../path.ts'
import { SystemError, type Blocking, type Process } from '../process.ts'
import type { Tool } from './tool.ts'

/** The absolute path of an operand. A slash at its end stays: it asks for a directory. */
export function absolute(process: Process, name: string): string {
  if (name === '') throw new SystemError('ENOENT')
  return resolvePath(process.cwd, name) + (name.length > 1 && name.endsWith('/') ? '/' : '')
}

/** lstat(2) or, with `follow`, stat(2). @throws SystemError ENOENT */
export function status(process: Process, name: string, follow = true): FileStatus {
  const found = process.machine.files.stat(absolute(process, name), { followLinks: follow })
  if (!found) throw new SystemError('ENOENT')
  return found
}

export function isDirectory(process: Process, name: string): boolean {
  return name !== '' && process.machine.files.stat(absolute(process, name))?.type === 'directory'
}

/** The name an operand gets inside of a target directory. */
export function inside(directory: string, name: string): string {
  return `${directory.replace(/\/+$/, '')}/${baseName(name)}`
}

/** `directory/entry` without a doubled slash. */
export function joinPath(directory: string, entry: string): string {
  return directory.endsWith('/') ? `${directory}${entry}` : `${directory}/${entry}`
}

/** Does something to each operand; a failed one is complained about and the others go on. */
export function* forEachOperand(
  tool: Tool,
  names: readonly string[],
  act: (name: string, files: FileSystem) => Blocking<void> | void,
  describe: (name: string, error: SystemError) => string,
): Blocking<void> {
  for (const name of names) {
    try {
      const blocking = act(name, tool.process.machine.files)
      if (blocking) yield* blocking
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* tool.complain(describe(name, error))
    }
  }
}

/** `missing operand`, in the words of the userland. */
export function requireOperands(tool: Tool, least: number, what = 'file operand'): void {
  const { operands } = tool
  if (operands.length >= least) return
  if (tool.busybox) tool.usageError()
  if (operands.length === 0) tool.usageError(`missing ${what}`)
  tool.usageError(`missing destination file operand after '${operands[0]}'`)
}
