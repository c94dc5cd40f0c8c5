import type { Simulation } from './simulation.ts'

/** The slowest and fastest a learner may set time to pass, as a multiple of wall time. 0 is paused. */
export const MIN_SPEED = 0.01
export const MAX_SPEED = 100

/**
 * How fast virtual time follows the wall clock. The host that has a wall clock calls `advance` with the time that
 * passed there; debt it could not work off in its budget is carried, up to a second, then forgotten: after a
 * laptop slept, the cluster goes on from where it was instead of racing through the night.
 */
export class Pace {
  readonly #simulation: Simulation
  #speed = 1
  #debtMs = 0

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  get speed(): number {
    return this.#speed
  }

  /** @throws RangeError unless `speed` is 0 or between `MIN_SPEED` and `MAX_SPEED`. */
  setSpeed(speed: number): void {
    if (speed !== 0 && !(speed >= MIN_SPEED && speed <= MAX_SPEED)) {
      throw new RangeError(`speed must be 0 or between ${MIN_SPEED} and ${MAX_SPEED}, was ${speed}`)
    }
    this.#speed = speed
    this.#debtMs = 0
  }

  /**
   * Lets `wallMs` of wall time pass.
   * @param isOverBudget asked after each event; true ends this slice.
   * @returns whether virtual time caught up; if not, call again soon with the wall time passed since.
   */
  advance(wallMs: number, isOverBudget: () => boolean): boolean {
    if (this.#speed === 0) return true
    this.#debtMs = Math.min(this.#debtMs + wallMs * this.#speed, 1000 * Math.max(1, this.#speed))
    const before = this.#simulation.nowMs
    const caughtUp = this.#simulation.runUntil(before + this.#debtMs, isOverBudget)
    this.#debtMs = Math.max(0, this.#debtMs - (this.#simulation.nowMs - before))
    return caughtUp
  }

  /** Runs exactly one event, whatever the speed. False when nothing is waiting. */
  step(): boolean {
    return this.#simulation.step()
  }
}
