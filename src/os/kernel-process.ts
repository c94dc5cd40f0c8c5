import type { Timer } from '../sim/index.ts'
import { DescriptorTable } from './descriptors.ts'
import type { Kernel, ProcessStatus } from './kernel.ts'
import type { Machine } from './machine.ts'
import { openPath } from './open-file.ts'
import { resolvePath } from './path.ts'
import { createPipe, sleepIn, wakeAll } from './pipe.ts'
import { SystemError, wait } from './process.ts'
import type {
  Blocking, ExitStatus, OpenFile, OpenMode, Process, Program, Signal, SignalDisposition, SpawnOptions, Wait,
} from './process.ts' // prettier-ignore
import { defaultAction, killedBy } from './signals.ts'
import type { ControllingTerminal } from './tty.ts'

/** Processor time of a system call, of a piece of computing, of fork and exec, in ms of virtual time. */
const SYSTEM_CALL_MS = 0.005
const COMPUTE_MS = 0.05
const SPAWN_MS = 0.5
/** How long a process may run before others get their turn. Bounds the work of one event. */
const SLICE_MS = 1

/** Thrown through a program to end it: `exit(2)`, or a signal that it sent itself. */
export class Termination {
  readonly status: ExitStatus
  constructor(status: ExitStatus) {
    this.status = status
  }
}

/** What a wait that a signal cut short resumes with, inside of `interruptible`. */
class Interruption {
  readonly signal: Signal
  constructor(signal: Signal) {
    this.signal = signal
  }
}

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
  #parent: KernelProcess | undefined
  #generator: Generator<Wait, number, unknown>
  /** What it waits for; undefined while it runs, is about to, or has ended. */
  #waiting: { readonly cancel: () => void } | undefined
  /** The event that will run it. */
  #timer: Timer | undefined
  /** The outcome it will be resumed with once SIGCONT comes. */
  #parked: { readonly value: unknown } | undefined
  /** Its generator is on the stack, so nothing may resume or return it. */
  #executing = false
  #interruptible = 0
  /** A signal was handled between two waits of an interruptible stretch: the next wait does not begin. */
  #interruption: Interruption | undefined
  #cpuMs = 0
  /** Processor time used since it last let others run. */
  #debtMs = 0
  /** Decided while its generator was running: takes effect at its next system call. */
  #death: ExitStatus | undefined
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
    this.#generator = program(this)
    this.#ready(undefined, SPAWN_MS)
  }

  get parentPid(): number {
    return this.#parent?.pid ?? 0
  }

  status(): ProcessStatus {
    const { pid, parentPid, processGroup, session, argv } = this
    const state = this.#exited ? 'Z' : this.#stopped ? 'T' : this.#waiting ? 'S' : 'R'
    const hasTerminal = this.terminal !== undefined
    return {
      pid,
      parentPid,
      processGroup,
      session,
      argv,
      state,
      startedMs: this.#startedMs,
      cpuMs: this.#cpuMs,
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
    this.#charge(ms)
    if (this.#debtMs >= SLICE_MS) yield YIELD
  }

  *read(fd = 0): Blocking<string | null> {
    const file = this.#file(fd)
    while (file.terminal && this.#isBackgroundOf(file)) yield* this.#stopSelf('SIGTTIN')
    yield* this.compute(SYSTEM_CALL_MS)
    return yield* file.read()
  }

  *readAll(fd = 0): Blocking<string> {
    const chunks: string[] = []
    for (;;) {
      const chunk = yield* this.read(fd)
      if (chunk === null) return chunks.join('')
      chunks.push(chunk)
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
    this.#charge(SPAWN_MS)
    const standard = () =>
      new Map([0, 1, 2].flatMap((fd) => (this.files.has(fd) ? [[fd, this.files.get(fd)!]] : [])))
    const inherited = [...this.#dispositions].flatMap(([signal, how]) => (how === 'ignore' ? [signal] : []))
    return this.#kernel.add(program, {
      argv: options.argv,
      env: options.env ?? this.env,
      cwd: options.cwd ?? this.cwd,
      files: options.files ?? standard(),
      parent: this,
      processGroup: options.processGroup ?? this.processGroup,
      session: this.session,
      terminal: this.terminal,
      ignoring: options.ignoring ?? inherited,
    })
  }

  *exec(program: Program, argv: readonly string[]): Blocking<never> {
    this.argv = argv
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

  *interruptible<T>(body: Blocking<T>): Blocking<{ readonly value: T } | { readonly interrupted: Signal }> {
    let finished = false
    this.#interruptible++
    try {
      let result = body.next()
      while (!result.done) {
        const outcome = yield result.value
        if (outcome instanceof Interruption) return { interrupted: outcome.signal }
        result = body.next(outcome)
      }
      finished = true
      return { value: result.value }
    } finally {
      if (--this.#interruptible === 0) this.#interruption = undefined
      if (!finished) body.return(undefined as T)
    }
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
      if (this.#interruptible === 0) return
      if (!this.#waiting || this.#stopped) this.#interruption = new Interruption(signal)
      else {
        this.#waiting.cancel()
        this.#wake(new Interruption(signal))
      }
      return
    }
    const action = defaultAction(signal)
    const deliberate = signal === 'SIGKILL' || signal === 'SIGSTOP'
    if (this.pid === 1 && (fromInside || !deliberate)) return
    if (action === 'terminate') this.#terminate(killedBy(signal))
    else if (action === 'stop') this.#stop(signal)
  }

  /** A handler may end the process, with `exit` or by failing. */
  #handle(signal: Signal, handler: (signal: Signal) => void): void {
    try {
      handler(signal)
    } catch (error) {
      this.#terminate(this.#crash(error))
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

  #charge(ms: number): void {
    this.#cpuMs += ms
    this.#debtMs += ms
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

  #ready(value: unknown, delayMs: number): void {
    this.#timer = this.machine.simulation.schedule(delayMs, () => {
      this.#timer = undefined
      if (this.#stopped) this.#parked = { value }
      else this.#run(value)
    })
  }

  #wake(value: unknown): void {
    this.#waiting = undefined
    const debtMs = this.#debtMs + SYSTEM_CALL_MS
    this.#debtMs = 0
    this.#ready(value, debtMs)
  }

  /** Runs the generator until it has to wait, or its slice is used up. */
  #run(value: unknown): void {
    const outer = this.#enter()
    try {
      let result = this.#generator.next(value)
      while (!result.done) {
        if (this.#death) return this.#unwind(this.#death)
        const outcome = this.#begin(result.value)
        if (!outcome) return
        this.#charge(SYSTEM_CALL_MS)
        result =
          'error' in outcome ? this.#generator.throw(outcome.error) : this.#generator.next(outcome.value)
      }
      this.#finish(this.#death ?? { code: Number(result.value) & 255 })
    } catch (error) {
      this.#finish(this.#death ?? this.#crash(error))
    } finally {
      this.#leave(outer)
    }
  }

  #enter(): KernelProcess | undefined {
    const outer = this.#kernel.running
    this.#kernel.running = this
    this.#executing = true
    return outer
  }

  #leave(outer: KernelProcess | undefined): void {
    this.#kernel.running = outer
    this.#executing = false
  }

  /** Starts a wait. @returns its outcome when that is there at once, and there is time left in the slice. */
  #begin(request: Wait): { readonly value: unknown } | { readonly error: unknown } | undefined {
    if (this.#interruption) {
      const value = this.#interruption
      this.#interruption = undefined
      return { value }
    }
    let settled: { readonly value: unknown } | undefined
    let starting = true
    const waiting = { cancel: () => {} }
    this.#waiting = waiting
    try {
      const cancel = request.start((value) => {
        if (this.#waiting !== waiting) return
        if (starting) settled ??= { value }
        else this.#wake(value)
      })
      waiting.cancel = cancel
    } catch (error) {
      this.#waiting = undefined
      return { error }
    }
    starting = false
    if (this.#waiting !== waiting) return undefined
    if (settled && this.#debtMs < SLICE_MS && !this.#stopped) {
      this.#waiting = undefined
      return settled
    }
    if (settled) this.#wake(settled.value)
    return undefined
  }

  /** Ends it from outside; while its own generator runs, at its next system call. */
  #terminate(status: ExitStatus): void {
    if (this.#executing) {
      this.#death = status
      if (this.#kernel.running === this) throw new Termination(status)
      return
    }
    this.#timer?.cancel()
    this.#waiting?.cancel()
    this.#waiting = undefined
    const outer = this.#enter()
    try {
      this.#unwind(status)
    } finally {
      this.#leave(outer)
    }
  }

  /** Runs the `finally` blocks; what they would wait for is given up. */
  #unwind(status: ExitStatus): void {
    this.#death = status
    for (let attempts = 0; attempts < 1000; attempts++) {
      try {
        if (this.#generator.return(status.code).done) break
      } catch {
        // A program that fails while it is being killed is killed all the same.
      }
    }
    this.#finish(status)
  }

  #crash(error: unknown): ExitStatus {
    if (error instanceof Termination) return error.status
    const name = this.argv[0]?.replace(/^.*\//, '') ?? '?'
    const known = error instanceof SystemError
    const text = known ? `${name}: ${error.message}\n` : `${name}: internal error: ${String(error)}\n`
    try {
      // Not waited for: a full pipe takes what it can.
      this.files.get(2)?.write(text).next()
    } catch {
      // Nobody is there to read it.
    }
    return known ? { code: 1 } : { code: 139 }
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
    this.#stopReported = false
    if (this.#parent && !this.#parent.#exited) {
      wakeAll(this.#parent.#childChanges)
      this.#parent.deliver('SIGCHLD', true)
    }
  }

  #continue(): void {
    if (!this.#stopped) return
    this.#stopped = undefined
    const parked = this.#parked
    this.#parked = undefined
    if (parked) this.#ready(parked.value, SYSTEM_CALL_MS)
  }
}

/** Lets others run. */
const YIELD: Wait = {
  start(resume) {
    resume(undefined)
    return () => {}
  },
}

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
