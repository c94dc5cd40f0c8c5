import { DescriptorTable } from './descriptors.ts'
import { Execution, SPAWN_MS, SYSTEM_CALL_MS, Termination, YIELD } from './execution.ts'
import type { Kernel, ProcessStatus } from './kernel.ts'
import type { Machine } from './machine.ts'
import { openPath } from './open-file.ts'
import { resolvePath } from './path.ts'
import { createPipe, sleepIn, wakeAll } from './pipe.ts'
import { SystemError, wait } from './process.ts'
import type {
  Blocking, ExitStatus, OpenFile, OpenMode, Process, Program, Signal, SignalDisposition, SpawnOptions,
} from './process.ts' // prettier-ignore
import { defaultAction, killedBy } from './signals.ts'
import type { ControllingTerminal } from './tty.ts'

const COMPUTE_MS = 0.05

interface Options {
  readonly pid: number
  readonly argv: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly cwd: string
  readonly files: ReadonlyMap<number, OpenFile>
  readonly parent: KernelProcess | undefined
  /** 0 leads a new group. */
  readonly processGroup: number
  readonly session: number | undefined
  readonly terminal: ControllingTerminal | undefined
  readonly ignoring: readonly Signal[]
  readonly onExit?: ((status: ExitStatus) => void) | undefined
}

/** One process: a generator, what it waits for, and what the kernel knows about it. */
export class KernelProcess implements Process {
  readonly pid: number
  readonly processGroup: number
  readonly session: number
  readonly env: Map<string, string>
  readonly files = new DescriptorTable()
  readonly machine: Machine
  readonly terminal: ControllingTerminal | undefined
  readonly children = new Set<KernelProcess>()
  argv: readonly string[]
  cwd: string

  readonly #kernel: Kernel
  readonly #startedMs: number
  readonly #dispositions = new Map<Signal, SignalDisposition>()
  readonly #onExit: ((status: ExitStatus) => void) | undefined
  readonly #childChanges = new Set<() => void>()
  readonly #execution: Execution
  #parent: KernelProcess | undefined
  #heldBytes = 0
  #stopped: Signal | undefined
  #stopReported = true
  #exited: ExitStatus | undefined

  constructor(kernel: Kernel, program: Program, options: Options) {
    this.#kernel = kernel
    this.machine = kernel.machine
    this.pid = options.pid
    this.processGroup = options.processGroup || options.pid
    this.session = options.session ?? options.pid
    this.terminal = options.terminal
    this.argv = options.argv
    this.env = new Map(options.env)
    this.cwd = options.cwd
    for (const [descriptor, file] of options.files) this.files.set(descriptor, file)
    for (const signal of options.ignoring) this.#dispositions.set(signal, 'ignore')
    this.#parent = options.parent
    options.parent?.children.add(this)
    this.#onExit = options.onExit
    this.#startedMs = this.now()
    this.#execution = new Execution(program(this), {
      simulation: kernel.simulation,
      enter: () => this.#enter(),
      isCurrent: () => kernel.running === this,
      ended: (status) => this.#finish(status),
      failed: (error) => this.#crash(error),
    })
  }

  /** 0 once it has ended. */
  get heldBytes(): number {
    return this.#exited ? 0 : this.#heldBytes
  }

  get parentPid(): number {
    return this.#parent?.pid ?? 0
  }

  status(): ProcessStatus {
    const { pid, parentPid, processGroup, session, argv } = this
    const state = this.#exited ? 'Z' : this.#stopped ? 'T' : this.#execution.isWaiting ? 'S' : 'R'
    const hasTerminal = this.terminal !== undefined
    return {
      pid,
      parentPid,
      processGroup,
      session,
      argv,
      state,
      startedMs: this.#startedMs,
      cpuMs: this.#execution.cpuMs,
      hasTerminal,
    }
  }

  // ---- the system calls ----

  now(): number {
    return this.machine.simulation.nowMs
  }

  *sleep(ms: number): Blocking<void> {
    yield* wait<void>((resume) => {
      const timer = this.machine.simulation.schedule(Math.max(0, ms), () => resume())
      return () => timer.cancel()
    })
  }

  *compute(ms = COMPUTE_MS): Blocking<void> {
    if (this.#execution.charge(ms)) yield YIELD
  }

  holds(bytes: number): void {
    const grew = bytes > this.#heldBytes
    this.#heldBytes = bytes
    if (grew) this.#kernel.memoryGrew()
  }

  *read(fd = 0): Blocking<string | null> {
    const file = this.#file(fd)
    while (file.terminal && this.#isBackgroundOf(file)) yield* this.#stopSelf('SIGTTIN')
    yield* this.compute(SYSTEM_CALL_MS)
    return yield* file.read()
  }

  *readAll(fd = 0): Blocking<string> {
    const chunks: string[] = []
    for (let size = 0; ;) {
      const chunk = yield* this.read(fd)
      if (chunk === null) return chunks.join('')
      chunks.push(chunk)
      this.holds((size += chunk.length))
    }
  }

  print(text: string): Blocking<void> {
    return this.write(1, text)
  }

  printError(text: string): Blocking<void> {
    return this.write(2, text)
  }

  *write(fd: number, text: string): Blocking<void> {
    const file = this.#file(fd)
    yield* this.compute(SYSTEM_CALL_MS)
    try {
      yield* file.write(text)
    } catch (error) {
      if (error instanceof SystemError && error.code === 'EPIPE') this.kill(this.pid, 'SIGPIPE')
      throw error
    }
  }

  open(path: string, mode: OpenMode): OpenFile {
    return openPath(this, resolvePath(this.cwd, path) + (path.endsWith('/') ? '/' : ''), mode)
  }

  spawn(program: Program, options: SpawnOptions): Process {
    this.#execution.charge(SPAWN_MS)
    const standard = () =>
      new Map([0, 1, 2].flatMap((fd) => (this.files.has(fd) ? [[fd, this.files.get(fd)!]] : [])))
    const inherited = [...this.#dispositions].flatMap(([signal, how]) => (how === 'ignore' ? [signal] : []))
    const { terminal } = options
    const child = this.#kernel.add(program, {
      argv: options.argv,
      env: options.env ?? this.env,
      cwd: options.cwd ?? this.cwd,
      files: options.files ?? standard(),
      parent: this,
      processGroup: terminal ? 0 : (options.processGroup ?? this.processGroup),
      session: terminal ? undefined : this.session,
      terminal: terminal ?? this.terminal,
      ignoring: options.ignoring ?? inherited,
    })
    terminal?.attach(this.#kernel, child.pid)
    return child
  }

  *exec(program: Program, argv: readonly string[]): Blocking<never> {
    this.argv = argv
    this.#heldBytes = 0
    for (const [signal, disposition] of this.#dispositions) {
      if (disposition !== 'ignore') this.#dispositions.delete(signal)
    }
    yield* this.compute(SPAWN_MS)
    this.exit(yield* program(this))
  }

  *waitFor(
    pid?: number,
    options: { readonly stopped?: boolean } = {},
  ): Blocking<{ pid: number; status: ExitStatus }> {
    for (;;) {
      const found = this.poll(pid, options)
      if (found) return found
      yield* sleepIn(this.#childChanges)
    }
  }

  poll(
    pid?: number,
    options: { readonly stopped?: boolean } = {},
  ): { pid: number; status: ExitStatus } | undefined {
    const candidates = [...this.children].filter((child) => pid === undefined || child.pid === pid)
    if (candidates.length === 0) throw new SystemError('ECHILD')
    for (const child of candidates) {
      if (child.#exited) {
        this.children.delete(child)
        this.#kernel.reap(child)
        return { pid: child.pid, status: child.#exited }
      }
      if (options.stopped && child.#stopped && !child.#stopReported) {
        child.#stopReported = true
        return { pid: child.pid, status: { ...killedBy(child.#stopped), stopped: child.#stopped } }
      }
    }
    return undefined
  }

  kill(pid: number, signal: Signal): void {
    this.#kernel.signal(pid, signal, this)
  }

  onSignal(signal: Signal, disposition: SignalDisposition): SignalDisposition {
    const before = this.#dispositions.get(signal) ?? 'default'
    if (signal === 'SIGKILL' || signal === 'SIGSTOP') return before
    if (disposition === 'default') this.#dispositions.delete(signal)
    else this.#dispositions.set(signal, disposition)
    return before
  }

  interruptible<T>(body: Blocking<T>): Blocking<{ readonly value: T } | { readonly interrupted: Signal }> {
    return this.#execution.interruptible(body)
  }

  pipe(): { readonly reader: OpenFile; readonly writer: OpenFile } {
    return createPipe()
  }

  resolve(command: string): string | undefined {
    const path = this.env.get('PATH') ?? DEFAULT_PATH
    const candidates = command.includes('/')
      ? [command]
      : path.split(':').map((directory) => `${directory}/${command}`)
    return candidates
      .map((candidate) => resolvePath(this.cwd, candidate))
      .find((candidate) => {
        const status = this.machine.files.stat(candidate)
        return command !== '' && status?.type === 'file' && (status.mode & 0o111) !== 0
      })
  }

  exit(code: number): never {
    throw new Termination({ code: code & 255 })
  }

  // ---- the kernel's side ----

  /** @param fromInside sent by a process of this machine: then pid 1 is protected from what it does not handle. */
  deliver(signal: Signal, fromInside: boolean): void {
    if (this.#exited) return
    if (signal === 'SIGCONT') this.#continue()
    const disposition = this.#dispositions.get(signal) ?? 'default'
    if (disposition === 'ignore') return
    if (disposition !== 'default') {
      this.#handle(signal, disposition)
      if (this.#exited) return
      this.#execution.interrupt(signal)
      return
    }
    const action = defaultAction(signal)
    const deliberate = signal === 'SIGKILL' || signal === 'SIGSTOP'
    if (this.pid === 1 && (fromInside || !deliberate)) return
    if (action === 'terminate') this.#execution.terminate(killedBy(signal))
    else if (action === 'stop') this.#stop(signal)
  }

  /** A handler may end the process, with `exit` or by failing. */
  #handle(signal: Signal, handler: (signal: Signal) => void): void {
    try {
      handler(signal)
    } catch (error) {
      this.#execution.terminate(this.#crash(error))
    }
  }

  adoptBy(parent: KernelProcess | undefined): void {
    this.#parent = parent
    if (!parent) {
      if (this.#exited) this.#kernel.reap(this)
      return
    }
    parent.children.add(this)
    if (this.#exited) this.#tellParent()
  }

  #file(fd: number): OpenFile {
    const file = this.files.get(fd)
    if (!file) throw new SystemError('EBADF')
    return file
  }

  #isBackgroundOf(file: OpenFile): boolean {
    if (file.terminal !== this.terminal?.file.terminal || !file.terminal) return false
    return (
      file.terminal.foregroundGroup !== this.processGroup && this.#dispositions.get('SIGTTIN') !== 'ignore'
    )
  }

  *#stopSelf(signal: Signal): Blocking<void> {
    this.#kernel.signal(-this.processGroup, signal, this)
    yield YIELD
  }

  /** From now on its system calls are the kernel's business. @returns what puts back whoever ran before */
  #enter(): () => void {
    const outer = this.#kernel.running
    this.#kernel.running = this
    return () => (this.#kernel.running = outer)
  }

  #crash(error: unknown): ExitStatus {
    if (error instanceof Termination) return error.status
    const name = this.argv[0]?.replace(/^.*\//, '') ?? '?'
    const known = error instanceof SystemError || error instanceof RangeError
    const text = known ? `${name}: ${wordsOf(error)}\n` : `${name}: internal error: ${String(error)}\n`
    try {
      // Not waited for: a full pipe takes what it can.
      this.files.get(2)?.write(text).next()
    } catch {
      // Nobody is there to read it.
    }
    return error instanceof SystemError ? { code: 1 } : { code: 139 }
  }

  #finish(status: ExitStatus): void {
    if (this.#exited) return
    this.#exited = status
    this.#stopped = undefined
    this.files.clear()
    this.#kernel.ended(this, status)
    if (this.session === this.pid) this.terminal?.leaderEnded(this.pid)
    this.#onExit?.(status)
    this.#tellParent()
  }

  #tellParent(): void {
    const parent = this.#parent
    if (!parent || parent.#exited) return this.#kernel.reap(this)
    wakeAll(parent.#childChanges)
    parent.deliver('SIGCHLD', true)
  }

  #stop(signal: Signal): void {
    if (this.#stopped) return
    this.#stopped = signal
    this.#execution.pause()
    this.#stopReported = false
    if (this.#parent && !this.#parent.#exited) {
      wakeAll(this.#parent.#childChanges)
      this.#parent.deliver('SIGCHLD', true)
    }
  }

  #continue(): void {
    this.#stopped = undefined
    this.#execution.goOn()
  }
}

/** What a process dies of. The host's own limits are taken for this machine's: its stack, the size of a text. */
function wordsOf(error: Error): string {
  if (error instanceof SystemError) return error.message
  return /call stack/.test(error.message) ? 'Segmentation fault' : 'Cannot allocate memory'
}

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
