import type { Simulation, Timer } from '../sim/index.ts'

/** client-go's `ItemExponentialFailureRateLimiter` with its defaults. */
const DEFAULT_BACKOFF = { firstMs: 5, longestMs: 1_000_000 }

export interface WorkQueueOptions {
  readonly simulation: Simulation
  /** Works on one key and calls `finished` exactly once, now or later. */
  readonly work: (key: string, finished: () => void) => void
  /** How many keys may be in work at the same time. Default 1. */
  readonly workers?: number
  /** Delays of rate-limited keys. Default: 5 ms, doubling to 1000 s. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number }
}

/**
 * Keys to work on, each at most once in the queue and never twice at the same time: a key added while it is in work
 * comes again after it. So a burst of changes costs one reconciliation.
 */
export class WorkQueue {
  readonly #simulation: Simulation
  readonly #work: WorkQueueOptions['work']
  readonly #workers: number
  readonly #backoff: { readonly firstMs: number; readonly longestMs: number }
  readonly #waiting = new Set<string>()
  readonly #working = new Set<string>()
  readonly #addedWhileWorking = new Set<string>()
  readonly #delayed = new Map<string, Timer>()
  readonly #failures = new Map<string, number>()
  #dispatch: Timer | undefined
  #stopped = false

  constructor(options: WorkQueueOptions) {
    this.#simulation = options.simulation
    this.#work = options.work
    this.#workers = options.workers ?? 1
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF
  }

  get length(): number {
    return this.#waiting.size
  }

  add(key: string): void {
    if (this.#stopped) return
    if (this.#working.has(key)) this.#addedWhileWorking.add(key)
    else this.#waiting.add(key)
    this.#dispatchSoon()
  }

  /** Adds the key after a delay; of several delays running for one key the one that ends first counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return
    if (delayMs <= 0) return this.add(key)
    const other = this.#delayed.get(key)
    if (other && other.dueAt <= this.#simulation.nowMs + delayMs) return
    other?.cancel()
    const timer = this.#simulation.schedule(delayMs, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, timer)
  }

  /** Adds the key after the shortest delay, twice that the next time, and so on until `forget`. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.addAfter(key, Math.min(this.#backoff.firstMs * 2 ** failures, this.#backoff.longestMs))
  }

  /** The key succeeded: its next failure starts from the shortest delay again. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  stop(): void {
    this.#stopped = true
    this.#dispatch?.cancel()
    for (const timer of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#waiting.clear()
  }

  #dispatchSoon(): void {
    if (this.#dispatch || this.#stopped || this.#waiting.size === 0 || this.#working.size >= this.#workers)
      return
    this.#dispatch = this.#simulation.schedule(0, () => {
      this.#dispatch = undefined
      while (this.#working.size < this.#workers) {
        const next = this.#waiting.values().next()
        if (next.done) return
        this.#start(next.value)
      }
    })
  }

  #start(key: string): void {
    this.#waiting.delete(key)
    this.#working.add(key)
    let isFinished = false
    this.#work(key, () => {
      if (isFinished) throw new Error(`work on ${key} finished twice`)
      isFinished = true
      this.#working.delete(key)
      if (this.#addedWhileWorking.delete(key)) this.add(key)
      else this.#dispatchSoon()
    })
  }
}
