import { wait, type Blocking, type Process } from '../process.ts'

/** As `wait`, given up after `timeoutMs` of virtual time: then the outcome is undefined. */
export function waitAtMost<T>(
  process: Process,
  timeoutMs: number | undefined,
  start: (resume: (value: T) => void) => () => void,
): Blocking<T | undefined> {
  if (timeoutMs === undefined) return wait<T | undefined>(start)
  return wait<T | undefined>((resume) => {
    let settled = false
    const settle = (value: T | undefined) => {
      if (settled) return
      settled = true
      timer.cancel()
      resume(value)
    }
    const timer = process.machine.simulation.schedule(Math.max(0, timeoutMs), () => {
      // Not before `start` has returned: a timer never runs at once.
      cancel()
      settle(undefined)
    })
    const cancel = start(settle)
    return () => {
      settled = true
      timer.cancel()
      cancel()
    }
  })
}

/**
 * Things that come at their own time (text, connections, datagrams) for somebody who takes them when ready: a queue
 * with at most one waiting taker, and an end.
 */
export class Inbox<T> {
  readonly #items: T[] = []
  #taker: (() => void) | undefined
  #ended = false

  get size(): number {
    return this.#items.length
  }

  put(item: T): void {
    if (this.#ended) return
    this.#items.push(item)
    this.#wake()
  }

  /** Nothing more will come; what has come can still be taken. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** The next thing; `'ended'` after the last; `'timeout'` when none came within `timeoutMs`. */
  *take(process: Process, timeoutMs?: number): Blocking<{ readonly item: T } | 'ended' | 'timeout'> {
    if (this.#items.length === 0 && !this.#ended) {
      const woken = yield* waitAtMost<true>(process, timeoutMs, (resume) => {
        const taker = () => resume(true)
        this.#taker = taker
        return () => {
          if (this.#taker === taker) this.#taker = undefined
        }
      })
      if (!woken) return 'timeout'
    }
    return this.#items.length > 0 ? { item: this.#items.shift()! } : 'ended'
  }

  #wake(): void {
    const taker = this.#taker
    this.#taker = undefined
    taker?.()
  }
}
