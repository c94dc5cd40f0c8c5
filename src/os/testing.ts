import type { SocketLayer } from '../network/sockets.ts'
import { Simulation } from '../sim/index.ts'
import { createMachine } from './create-machine.ts'
import { createFileSystem } from './memory-file-system.ts'
import { makeDevices } from './open-file.ts'
import type { Blocking, ExitStatus, OpenFile, Program } from './process.ts'

/** For tests: a machine without a network, with `/dev`, `/bin` and the given programs in it. */
export function testMachine(
  programs: Readonly<Record<string, Program>> = {},
  options: { init?: boolean } = {},
) {
  const simulation = new Simulation({ seed: 1 })
  const files = createFileSystem()
  makeDevices(files)
  files.makeDirectory('/bin')
  for (const [name, program] of Object.entries(programs)) files.install(`/bin/${name}`, program)
  return createMachine({ hostname: 'test', simulation, files, network: {} as SocketLayer, ...options })
}

/** For tests: an open file that keeps what is written to it. */
export function recorder(): OpenFile & { text: string } {
  /* eslint-disable require-yield */
  return {
    text: '',
    *read(): Blocking<string | null> {
      return null
    },
    *write(text: string) {
      this.text += text
    },
    close() {},
  }
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  readonly status: ExitStatus | undefined
  /** Virtual time it took. */
  readonly ms: number
}

/** For tests: runs a program as pid 1 (or the next) until it ends, or `limitMs` of virtual time are over. */
export function runProgram(
  machine: ReturnType<typeof testMachine>,
  program: Program,
  options: {
    argv?: readonly string[]
    env?: ReadonlyMap<string, string>
    cwd?: string
    limitMs?: number
  } = {},
): RunResult {
  const stdout = recorder()
  const stderr = recorder()
  const { simulation } = machine
  const startedMs = simulation.nowMs
  let ended: { status: ExitStatus; ms: number } | undefined
  machine.kernel.start(program, {
    argv: options.argv ?? ['test'],
    env: options.env ?? new Map([['PATH', '/bin']]),
    cwd: options.cwd ?? '/',
    files: new Map([
      [1, stdout],
      [2, stderr],
    ]),
    onExit: (status) => (ended = { status, ms: simulation.nowMs - startedMs }),
  })
  const deadline = startedMs + (options.limitMs ?? 60_000)
  while (!ended && (simulation.nextDueMs ?? Infinity) <= deadline) simulation.step()
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    status: ended?.status,
    ms: ended?.ms ?? simulation.nowMs - startedMs,
  }
}
