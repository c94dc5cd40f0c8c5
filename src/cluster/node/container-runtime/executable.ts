import { DEFAULT_PATH, baseName, resolvePath, type Machine, type Program } from '../../../os/index.ts'

/** What runc says when there is nothing to run; `reason` stands in its message. */
export class ExecutableError extends Error {}

/**
 * Finds what a command means in a container, by path or along its PATH, as runc does before it starts anything.
 * @throws ExecutableError `exec: "x": executable file not found in $PATH`
 */
export function findExecutable(
  machine: Machine,
  command: string,
  path: string | undefined,
  cwd: string,
): Program {
  if (command.includes('/')) {
    const program = machine.programAt(resolvePath(cwd, command))
    if (program) return program
    const status = machine.files.stat(resolvePath(cwd, command))
    if (!status) throw new ExecutableError(`exec: "${command}": stat ${command}: no such file or directory`)
    if (status.type === 'directory') throw new ExecutableError(`exec: "${command}": is a directory`)
    const executable = (status.mode & 0o111) !== 0
    throw new ExecutableError(
      executable ? `exec ${command}: exec format error` : `exec: "${command}": permission denied`,
    )
  }
  for (const directory of (path ?? DEFAULT_PATH).split(':')) {
    const program = machine.programAt(resolvePath(resolvePath('/', directory), command))
    if (program) return program
  }
  throw new ExecutableError(
    `exec: "${baseName(command) === command ? command : baseName(command)}": executable file not found in $PATH`,
  )
}
