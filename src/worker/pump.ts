import { Pace, type Simulation } from '../sim/index.ts'

/** The longest slice of work before the worker looks at its messages again, in wall ms. */
export const SLICE_MS = 6
/** Most we sleep while nothing is due, so that the clock on the page moves. */
const IDLE_MS = 50
/** Clock events are checked only so often: reading the wall clock costs as much as a small event. */
const EVENTS_A_LOOK = 4

/** Lets virtual time follow the wall clock of this worker, a slice at a time. */
export class Pump {
  readonly pace: Pace
  longestSliceMs = 0
  readonly #simulation: Simulation
  readonly #afterSlice: () => void
  readonly #channel = new MessageChannel()
  #last = performance.now()
  #timer: ReturnType<typeof setTimeout> | undefined
  #running = false
  #behind = false

  constructor(simulation: Simulation, afterSlice: () => void) {
    this.#simulation = simulation
    this.#afterSlice = afterSlice
    this.pace = new Pace(simulation)
    this.#channel.port1.onmessage = () => this.#turn()
  }

  get behind(): boolean {
    return this.#behind
  }

  start(): void {
    this.#running = true
    this.#last = performance.now()
    this.#schedule()
  }

  /** Something was put into the queue from outside, or the speed changed: look at once. */
  nudge(): void {
    if (!this.#running || this.#behind) return
    clearTimeout(this.#timer)
    this.#channel.port2.postMessage(null)
  }

  #turn(): void {
    const began = performance.now()
    this.#behind = !this.pace.advance(began - this.#last, budget(began))
    this.#last = began
    this.longestSliceMs = Math.max(this.longestSliceMs, performance.now() - began)
    this.#afterSlice()
    this.#schedule()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#behind) return this.#channel.port2.postMessage(null)
    const due = this.#simulation.nextDueMs
    const speed = this.pace.speed
    const wait =
      due === undefined || speed === 0 ? IDLE_MS : Math.min((due - this.#simulation.nowMs) / speed, IDLE_MS)
    this.#timer = setTimeout(() => this.#turn(), wait)
  }
}

/** A question to be asked after each event: has the slice that began at `began` had its time? */
export function budget(began: number): () => boolean {
  let count = 0
  return () => ++count % EVENTS_A_LOOK === 0 && performance.now() - began > SLICE_MS
}
