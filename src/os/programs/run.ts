import { SystemError, type Blocking, type ExitStatus, type OpenFile, type Process } from '../process.ts'
import type { ControllingTerminal } from '../tty.ts'

export interface RunOptions {
  readonly files?: ReadonlyMap<number, OpenFile>
  readonly env?: ReadonlyMap<string, string>
  readonly cwd?: string
  readonly processGroup?: number
  readonly terminal?: ControllingTerminal
}

/**
 * Starts a command found along PATH.
 * @throws SystemError ENOENT when there is none, EACCES when it cannot be run
 */
export function startCommand(process: Process, argv: readonly string[], options: RunOptions = {}): Process {
  const { program } = findCommand(process, argv[0] ?? '')
  return process.spawn(program, { argv, ...options })
}

/** Runs a command to its end. @throws SystemError ENOENT, EACCES */
export function* runCommand(
  process: Process,
  argv: readonly string[],
  options: RunOptions = {},
): Blocking<ExitStatus> {
  const child = startCommand(process, argv, options)
  return (yield* process.waitFor(child.pid)).status
}

/** What a command's name leads to. @throws SystemError ENOENT, EACCES */
export function findCommand(process: Process, name: string) {
  const path = process.resolve(name)
  const program = path === undefined ? undefined : process.machine.programAt(path)
  if (path !== undefined && program) return { path, program }
  const exists = name.includes('/') && process.machine.files.stat(absolute(process, name)) !== undefined
  throw new SystemError(exists ? 'EACCES' : 'ENOENT')
}

/** The descriptors a command should have, with some replaced. */
export function filesWith(
  process: Process,
  replaced: Readonly<Record<number, OpenFile>>,
): Map<number, OpenFile> {
  const files = new Map<number, OpenFile>()
  for (const descriptor of [0, 1, 2]) {
    const file = replaced[descriptor] ?? process.files.get(descriptor)
    if (file) files.set(descriptor, file)
  }
  return files
}

/** Runs `sh -c command` and gives what it printed. */
export function* captureShell(
  process: Process,
  command: string,
): Blocking<{ text: string; status: ExitStatus }> {
  const { reader, writer } = process.pipe()
  const child = startCommand(process, ['sh', '-c', command], { files: filesWith(process, { 1: writer }) })
  let text = ''
  for (let chunk = yield* reader.read(); chunk !== null; chunk = yield* reader.read()) text += chunk
  reader.close()
  return { text, status: (yield* process.waitFor(child.pid)).status }
}

const absolute = (process: Process, name: string): string =>
  name.startsWith('/') ? name : `${process.cwd}/${name}`
