import { wait, type Blocking } from '../../../os/index.ts'
import type { Simulation } from '../../../sim/index.ts'

/**
 * Runs code that blocks, outside of any process: the kubelet's own work reads as a sequence of steps that way.
 * @returns a function that gives it up, running its `finally` blocks
 */
export function runTask<T>(body: Blocking<T>, done: (value: T) => void = () => {}): () => void {
  let cancelWait: (() => void) | undefined
  let running = false
  let cancelled = false

  const step = (value: unknown): void => {
    let pending: { readonly value: unknown } | undefined = { value }
    running = true
    while (pending && !cancelled) {
      const result = body.next(pending.value)
      pending = undefined
      if (result.done) {
        running = false
        return done(result.value)
      }
      let starting = true
      let resumed = false
      const cancel = result.value.start((outcome) => {
        if (resumed || cancelled) return
        resumed = true
        cancelWait = undefined
        if (starting) pending = { value: outcome }
        else step(outcome)
      })
      starting = false
      if (!resumed) cancelWait = cancel
    }
    running = false
    if (cancelled) body.return(undefined as T)
  }

  step(undefined)
  return () => {
    if (cancelled) return
    cancelled = true
    cancelWait?.()
    if (!running) body.return(undefined as T)
  }
}

/** Runs several at the same time and waits for all of them. */
export function* all(bodies: readonly Blocking<void>[]): Blocking<void> {
  if (bodies.length === 0) return
  yield* wait<void>((resume) => {
    let left = bodies.length
    const cancels = bodies.map((body) =>
      runTask(body, () => {
        if (--left === 0) resume()
      }),
    )
    return () => {
      for (const cancel of cancels) cancel()
    }
  })
}

/** Lets `ms` of virtual time pass. */
export function* sleep(simulation: Simulation, ms: number): Blocking<void> {
  yield* wait<void>((resume) => {
    const timer = simulation.schedule(ms, () => resume())
    return () => timer.cancel()
  })
}
