import { performance } from 'node:perf_hooks'
import { Pace, type Simulation } from '../sim/index.ts'

/** The longest the event loop is kept by one slice of simulation, in ms. */
const SLICE_MS = 8

/** Lets virtual time follow the wall clock of this process. */
export class WallClock {
  readonly #pace: Pace
  #last = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(simulation: Simulation) {
    this.#pace = new Pace(simulation)
  }

  start(): void {
    this.#timer = setInterval(() => this.catchUp(), 5)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Brings virtual time to now, as far as one slice allows: called before each outside request, too. */
  catchUp(): void {
    const now = performance.now()
    const elapsed = now - this.#last
    this.#last = now
    this.#pace.advance(elapsed, () => performance.now() - now > SLICE_MS)
  }
}
