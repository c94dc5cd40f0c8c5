import { Simulation } from '../../sim/index.ts'
import {
  createFileSystem,
  createMachine,
  createPipe,
  makeDevices,
  type ExitStatus,
  type FileSystem,
  type Machine,
  type OpenFile,
} from '../index.ts'
import { Network } from '../../network/index.ts'
import { ash, bash } from '../shell/index.ts'
import { installBusybox } from './busybox.ts'
import { installDebian } from './debian.ts'
import type { Userland } from './userland.ts'

/** For tests: what a program did. */
export interface Run {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
  /** Files made, changed or (null) removed below /work. */
  readonly changed: Readonly<Record<string, string | null>>
  /** Virtual time it took. */
  readonly elapsedMs: number
}

export interface RunOptions {
  readonly stdin?: string
  /** Names below /work; `dir/` makes a directory, `name -> target` a link. */
  readonly files?: Readonly<Record<string, string>>
}

/** A machine with a userland and no network to speak of. */
export function testMachine(userland: Userland): Machine & ReturnType<typeof createMachine> {
  const simulation = new Simulation({ seed: 1 })
  const files = createFileSystem()
  makeDevices(files)
  if (userland === 'busybox') installBusybox(files)
  else installDebian(files)
  files.install('/bin/sh', userland === 'busybox' ? ash : bash)
  const network = new Network(simulation).addHost('test').sockets
  return createMachine({ hostname: 'test', simulation, files, network, init: true })
}

/** Runs one command in /work of a fresh machine, to its end. */
export function runProgram(userland: Userland, argv: readonly string[], options: RunOptions = {}): Run {
  const machine = testMachine(userland)
  machine.files.makeDirectory('/work')
  for (const [name, text] of Object.entries(options.files ?? {})) layOut(machine.files, name, text)
  const before = contents(machine.files, '/work')
  const run = runOn(machine, argv, options.stdin ?? '', '/work')
  return { ...run, changed: difference(before, contents(machine.files, '/work')) }
}

/** Runs one command on a machine, to its end or for an hour of virtual time. */
export function runOn(
  machine: ReturnType<typeof createMachine>,
  argv: readonly string[],
  stdin = '',
  cwd = '/',
): Omit<Run, 'changed'> {
  const { simulation } = machine
  const path = ['/bin', '/usr/bin', '/sbin', '/usr/sbin']
    .map((directory) => `${directory}/${argv[0]}`)
    .find((each) => machine.programAt(each))
  if (!path) throw new Error(`no program ${argv[0]}`)
  const output = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr'): OpenFile => ({
    *read() {
      return null
    },
    *write(text) {
      output[name] += text
    },
    close() {},
  })
  const { reader, writer } = createPipe(stdin.length + 1)
  if (stdin !== '') writer.write(stdin).next()
  writer.close()
  let status: ExitStatus | undefined
  const startedMs = simulation.nowMs
  const files = new Map([[0, reader], [1, sink('stdout')], [2, sink('stderr')]]) // prettier-ignore
  const env = new Map([['PATH', '/usr/sbin:/usr/bin:/sbin:/bin']])
  machine.kernel.start(machine.programAt(path)!, {
    argv,
    cwd,
    files,
    env,
    onExit: (ended) => (status = ended),
  })
  while (!status && simulation.nowMs < startedMs + 3_600_000) {
    if (!simulation.step()) break
  }
  return { ...output, code: status?.code ?? -1, elapsedMs: simulation.nowMs - startedMs }
}

function layOut(files: FileSystem, name: string, text: string): void {
  const [path = '', target] = `/work/${name}`.split(' -> ')
  if (target !== undefined) return files.link(target, path)
  if (path.endsWith('/')) return files.makeDirectory(path.slice(0, -1), { parents: true })
  files.makeDirectory(path.slice(0, path.lastIndexOf('/')), { parents: true })
  files.write(path, text)
}

function contents(files: FileSystem, directory: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const entry of files.list(directory)) {
    const path = `${directory}/${entry}`
    const { type } = files.stat(path, { followLinks: false })!
    found.set(
      path.slice(6),
      type === 'file' ? files.read(path) : type === 'directory' ? '<directory>' : '<link>',
    )
    if (type === 'directory') for (const [name, text] of contents(files, path)) found.set(name, text)
  }
  return found
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Record<string, string | null> {
  const changed: Record<string, string | null> = {}
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (before.get(name) !== after.get(name)) changed[name] = after.get(name) ?? null
  }
  return changed
}
