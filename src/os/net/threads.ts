import { SystemError, type Blocking, type Process, type Wait } from '../process.ts'
import { waitAtMost } from './waiting.ts'

/**
 * Threads of one process: blocking bodies that go on side by side, for a server that talks to many clients. They
 * end with the process, or with the `body` that started them.
 */
export function* withThreads<T>(body: (start: (thread: Blocking<void>) => void) => Blocking<T>): Blocking<T> {
  const running = new Set<Thread>()
  try {
    return yield* body((generator) => {
      const thread = new Thread(generator, () => running.delete(thread))
      running.add(thread)
      thread.step(undefined)
    })
  } finally {
    for (const thread of [...running]) thread.stop()
  }
}

/**
 * Runs `body` for at most `timeoutMs`; undefined when it did not finish, with its `finally` blocks run.
 * @throws whatever `body` throws
 */
export function* withDeadline<T>(
  process: Process,
  timeoutMs: number | undefined,
  body: Blocking<T>,
): Blocking<{ readonly value: T } | undefined> {
  if (timeoutMs === undefined) return { value: yield* body }
  type Outcome = { readonly value: T } | { readonly error: unknown }
  const outcome = yield* waitAtMost<Outcome>(process, timeoutMs, (resume) => {
    const settle = function* (): Blocking<void> {
      let result: Outcome
      try {
        result = { value: yield* body }
      } catch (error) {
        result = { error }
      }
      resume(result)
    }
    const thread = new Thread(settle(), () => {})
    thread.step(undefined)
    return () => thread.stop()
  })
  if (outcome && 'error' in outcome) throw outcome.error
  return outcome
}

class Thread {
  readonly #body: Blocking<void>
  readonly #ended: () => void
  #cancelWait: (() => void) | undefined
  #executing = false
  #stopped = false

  constructor(body: Blocking<void>, ended: () => void) {
    this.#body = body
    this.#ended = ended
  }

  /** Runs the body up to its next wait. What resumes at once is looped over, so deep recursion cannot come. */
  step(value: unknown): void {
    this.#executing = true
    let pending: { readonly value: unknown } | undefined = { value }
    while (pending && !this.#stopped) {
      const wait = this.#next(pending.value)
      pending = undefined
      if (!wait) break
      let inStart = true
      let resumed = false
      const cancel = wait.start((outcome) => {
        if (resumed || this.#stopped) return
        resumed = true
        this.#cancelWait = undefined
        if (inStart) pending = { value: outcome }
        else this.step(outcome)
      })
      inStart = false
      if (!resumed) this.#cancelWait = cancel
    }
    this.#executing = false
    if (this.#stopped) this.#body.return(undefined)
  }

  stop(): void {
    this.#stopped = true
    this.#cancelWait?.()
    if (!this.#executing) this.#body.return(undefined)
    this.#ended()
  }

  #next(value: unknown): Wait | undefined {
    try {
      const result = this.#body.next(value)
      if (!result.done) return result.value
    } catch (error) {
      // The world's errors (a peer that went away) end the thread; anything else is a bug and goes up.
      if (!(error instanceof SystemError)) throw error
    }
    this.#ended()
    return undefined
  }
}
