import type { Simulation, Timer } from '../sim/index.ts'
import type { Blocking, ExitStatus, Signal, Wait } from './process.ts'

/** Processor time of a system call, and of fork and exec, in ms of virtual time. */
export const SYSTEM_CALL_MS = 0.005
export const SPAWN_MS = 0.5
/** How long a program may run before others get their turn. Bounds the work of one event. */
const SLICE_MS = 1

/** Thrown through a program to end it: `exit(2)`, or a signal that it sent itself. */
export class Termination {
  readonly status: ExitStatus
  constructor(status: ExitStatus) {
    this.status = status
  }
}

/** Lets others run, when the slice is used up. */
export const YIELD: Wait = {
  start(resume) {
    resume(undefined)
    return () => {}
  },
}

/** What a wait that a signal cut short resumes with, inside of `interruptible`. */
class Interruption {
  readonly signal: Signal
  constructor(signal: Signal) {
    this.signal = signal
  }
}

/** What an execution tells the process it belongs to. */
export interface ExecutionHooks {
  readonly simulation: Simulation
  /** The program is about to run. @returns what to call when it has */
  enter(): () => void
  /** Whether it is on top of the stack: what is called now is called by it. */
  isCurrent(): boolean
  /** Called once. */
  ended(status: ExitStatus): void
  /** An error left the program. @returns how it ends */
  failed(error: unknown): ExitStatus
}

/** A program under way: its generator, what it waits for, and the processor time it uses. */
export class Execution {
  cpuMs = 0
  readonly #hooks: ExecutionHooks
  readonly #generator: Generator<Wait, number, unknown>
  /** Undefined while it runs, is about to, or has ended. */
  #waiting: { cancel: () => void } | undefined
  /** The event that will run it. */
  #timer: Timer | undefined
  #isPaused = false
  /** The outcome it will be resumed with once it goes on. */
  #parked: { readonly value: unknown } | undefined
  /** Its generator is on the stack, so nothing may resume or return it. */
  #isRunning = false
  #interruptible = 0
  /** A signal was handled between two waits of an interruptible stretch: the next wait does not begin. */
  #interruption: Interruption | undefined
  /** Processor time used since it last let others run. */
  #debtMs = 0
  /** Decided while its generator was running: takes effect at its next system call. */
  #death: ExitStatus | undefined

  constructor(generator: Generator<Wait, number, unknown>, hooks: ExecutionHooks) {
    this.#generator = generator
    this.#hooks = hooks
    this.#schedule(undefined, SPAWN_MS)
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** Uses processor time. @returns whether the slice is used up, and it should let others run */
  charge(ms: number): boolean {
    this.cpuMs += ms
    this.#debtMs += ms
    return this.#debtMs >= SLICE_MS
  }

  /** Stopped: what it waits for goes on, but it is not resumed. */
  pause(): void {
    this.#isPaused = true
  }

  goOn(): void {
    this.#isPaused = false
    const parked = this.#parked
    this.#parked = undefined
    if (parked) this.#schedule(parked.value, SYSTEM_CALL_MS)
  }

  /** A signal was handled: an interruptible wait ends here. */
  interrupt(signal: Signal): void {
    if (this.#interruptible === 0) return
    if (!this.#waiting || this.#isPaused) this.#interruption = new Interruption(signal)
    else {
      this.#waiting.cancel()
      this.#wake(new Interruption(signal))
    }
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

  /** Ends it; while its generator runs, at its next system call. @throws Termination when it does this to itself */
  terminate(status: ExitStatus): void {
    if (this.#isRunning) {
      this.#death = status
      if (this.#hooks.isCurrent()) throw new Termination(status)
      return
    }
    this.#timer?.cancel()
    this.#waiting?.cancel()
    this.#waiting = undefined
    this.#onStack(() => this.#unwind(status))
  }

  #schedule(value: unknown, delayMs: number): void {
    this.#timer = this.#hooks.simulation.schedule(delayMs, () => {
      this.#timer = undefined
      if (this.#isPaused) this.#parked = { value }
      else this.#onStack(() => this.#run(value))
    })
  }

  #wake(value: unknown): void {
    this.#waiting = undefined
    const delayMs = this.#debtMs + SYSTEM_CALL_MS
    this.#debtMs = 0
    this.#schedule(value, delayMs)
  }

  #onStack(body: () => void): void {
    const leave = this.#hooks.enter()
    this.#isRunning = true
    try {
      body()
    } finally {
      this.#isRunning = false
      leave()
    }
  }

  /** Runs the generator until it has to wait, or its slice is used up. */
  #run(value: unknown): void {
    try {
      let result = this.#generator.next(value)
      while (!result.done) {
        if (this.#death) return this.#unwind(this.#death)
        const outcome = this.#begin(result.value)
        if (!outcome) return
        this.charge(SYSTEM_CALL_MS)
        result =
          'error' in outcome ? this.#generator.throw(outcome.error) : this.#generator.next(outcome.value)
      }
      this.#hooks.ended(this.#death ?? { code: Number(result.value) & 255 })
    } catch (error) {
      this.#hooks.ended(this.#death ?? this.#hooks.failed(error))
    }
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
      waiting.cancel = request.start((value) => {
        if (this.#waiting !== waiting) return
        if (starting) settled ??= { value }
        else this.#wake(value)
      })
    } catch (error) {
      this.#waiting = undefined
      return { error }
    }
    starting = false
    if (this.#waiting !== waiting) return undefined
    if (settled && this.#debtMs < SLICE_MS && !this.#isPaused) {
      this.#waiting = undefined
      return settled
    }
    if (settled) this.#wake(settled.value)
    return undefined
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
    this.#hooks.ended(status)
  }
}
