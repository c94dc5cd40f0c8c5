import type { Simulation } from '../sim/index.ts'
import { KernelProcess } from './kernel-process.ts'
import type { Machine } from './machine.ts'
import { nullFile } from './open-file.ts'
import { SystemError, wait } from './process.ts'
import type { ExitStatus, OpenFile, Process, Program, Signal } from './process.ts'
import type { ControllingTerminal } from './tty.ts'

export interface KernelLimits {
  /** Most processes at once; a fork beyond it fails with EAGAIN. Default 1024. */
  readonly processes?: number
  /** How much all processes together may hold. Default 256 MiB, less than a browser's tab can bear. */
  readonly memoryBytes?: number
}

/** How to start a process from outside of the machine: as a container runtime or a terminal window does. */
export interface StartOptions {
  readonly argv: readonly string[]
  readonly env?: ReadonlyMap<string, string>
  /** Default `/`. */
  readonly cwd?: string
  /** Default: /dev/null for 0, 1 and 2. */
  readonly files?: ReadonlyMap<number, OpenFile>
  /** Makes this the controlling terminal, and (where `files` says nothing else) the descriptors 0, 1 and 2. */
  readonly terminal?: ControllingTerminal
  readonly onExit?: (status: ExitStatus) => void
}

/** A line of the process table, for ps(1). */
export interface ProcessStatus {
  readonly pid: number
  readonly parentPid: number
  readonly processGroup: number
  readonly session: number
  readonly argv: readonly string[]
  /** Running or runnable, sleeping, stopped, zombie. */
  readonly state: 'R' | 'S' | 'T' | 'Z'
  readonly startedMs: number
  readonly cpuMs: number
  readonly hasTerminal: boolean
}

/**
 * The processes of one machine (a container's PID namespace). The first process started is pid 1: signals from inside
 * that it has no handler for do not reach it, orphans become its children, and when it ends everything is killed.
 */
export class Kernel {
  readonly machine: Machine
  /** The process whose generator runs right now. */
  running: KernelProcess | undefined
  readonly #table = new Map<number, KernelProcess>()
  readonly #limit: number
  readonly #memoryBytes: number
  #ranOutOfMemory = false
  #lastPid = 0
  #halted = false

  constructor(machine: Machine, limits: KernelLimits = {}) {
    this.machine = machine
    this.#limit = limits.processes ?? 1024
    this.#memoryBytes = limits.memoryBytes ?? 256 * 1024 * 1024
  }

  get simulation(): Simulation {
    return this.machine.simulation
  }

  /** True once pid 1 has ended: nothing can be started any more. */
  get halted(): boolean {
    return this.#halted
  }

  /** True once the OOM killer has struck. */
  get ranOutOfMemory(): boolean {
    return this.#ranOutOfMemory
  }

  /** Starts a process from outside, in a session of its own: a login finds room always. @throws SystemError ESRCH once halted */
  start(program: Program, options: StartOptions): Process {
    if (this.#halted) throw new SystemError('ESRCH')
    const files = new Map(options.files)
    for (const descriptor of [0, 1, 2]) {
      if (!files.has(descriptor)) files.set(descriptor, options.terminal?.file ?? nullFile())
    }
    const process = this.add(program, {
      argv: options.argv,
      env: options.env ?? new Map(),
      cwd: options.cwd ?? '/',
      files,
      parent: undefined,
      processGroup: 0,
      session: undefined,
      terminal: options.terminal,
      ignoring: [],
      onExit: options.onExit,
    })
    options.terminal?.attach(this, process.pid)
    return process
  }

  /** Signals from outside. Negative `pid`: the process group. @throws SystemError ESRCH */
  kill(pid: number, signal: Signal): void {
    this.signal(pid, signal, undefined)
  }

  /** The process table in the order of pids, zombies included. */
  processes(): readonly ProcessStatus[] {
    return [...this.#table.values()].map((process) => process.status())
  }

  /** For the kernel's own files: a signal from `sender` (undefined: from outside). */
  signal(pid: number, signal: Signal, sender: KernelProcess | undefined): void {
    const targets =
      pid > 0
        ? [this.#table.get(pid)]
        : [...this.#table.values()].filter((process) => matches(process, pid, sender))
    const living = targets.filter((process) => process !== undefined)
    if (living.length === 0) throw new SystemError('ESRCH')
    // The sender last: its own death must not keep the signal from the others.
    living.sort((a, b) => Number(a === sender) - Number(b === sender))
    for (const process of living) process.deliver(signal, sender !== undefined)
  }

  find(pid: number): KernelProcess | undefined {
    return this.#table.get(pid)
  }

  /** @throws SystemError EAGAIN */
  add(program: Program, options: Omit<ConstructorParameters<typeof KernelProcess>[2], 'pid'>): KernelProcess {
    if (options.parent && this.#table.size >= this.#limit) throw new SystemError('EAGAIN')
    const process = new KernelProcess(this, program, { ...options, pid: ++this.#lastPid })
    this.#table.set(process.pid, process)
    return process
  }

  /** A process holds more than it did: if that is more than there is, the OOM killer ends the greatest. */
  memoryGrew(): void {
    const living = [...this.#table.values()].filter((process) => process.heldBytes > 0)
    const total = living.reduce((sum, process) => sum + process.heldBytes, 0)
    if (total <= this.#memoryBytes) return
    this.#ranOutOfMemory = true
    const greatest = living.reduce((a, b) => (b.heldBytes > a.heldBytes ? b : a))
    greatest.deliver('SIGKILL', false)
  }

  /** Takes a zombie out of the table. */
  reap(process: KernelProcess): void {
    this.#table.delete(process.pid)
  }

  /** A process has ended: its children find a new parent, and the death of pid 1 is everyone's. */
  ended(process: KernelProcess, status: ExitStatus): void {
    const { trace } = this.simulation
    if (trace.wants('process-exit')) {
      const { argv } = process
      const data = { machine: this.machine.facilities.get('identity'), argv, code: status.code }
      trace.emit({
        source: this.machine.hostname,
        type: 'process-exit',
        message: `${argv.join(' ')}: exit ${status.code}`,
        data,
      })
    }
    const init = this.#table.get(1)
    const adopter = init === process ? undefined : init
    for (const child of process.children) child.adoptBy(adopter)
    process.children.clear()
    if (process.pid !== 1) return
    this.#halted = true
    for (const other of [...this.#table.values()]) if (other !== process) other.deliver('SIGKILL', false)
  }
}

function matches(process: KernelProcess, pid: number, sender: KernelProcess | undefined): boolean {
  if (pid === -1) return process !== sender && process.pid !== 1
  return process.processGroup === (pid === 0 ? sender?.processGroup : -pid)
}

/** pid 1 of a machine that is no container: does nothing but take in orphans. */
export const init: Program = function* (process) {
  process.onSignal('SIGCHLD', () => {})
  for (;;) {
    yield* process.interruptible(wait<void>(() => () => {}))
    reapAll(process)
  }
}

function reapAll(process: Process): void {
  try {
    while (process.poll()) continue
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}
