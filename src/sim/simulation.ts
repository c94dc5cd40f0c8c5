import { formatTimestamp } from '../encoding/time.ts'
import { EventQueue, type Timer } from './event-queue.ts'
import { Random } from './random.ts'
import { TraceBus } from './trace.ts'

/** Everything a run depends on besides the inputs that reach it later. */
export interface SimulationOptions {
  readonly seed: number
  /** Virtual time at the start, in ms since the Unix epoch. An input like any other: never the wall clock's. */
  readonly startMs?: number
}

/** 2026-11-22T08:00:00Z: what a run starts at when nobody says otherwise. */
export const DEFAULT_START_MS = 1_795_334_400_000

/**
 * The laws of physics: one clock, one queue, chance by name. State is a function of (seed, inputs):
 * whoever needs time, a delay or a random number has it from here and from nowhere else.
 */
export class Simulation {
  readonly seed: number
  readonly startMs: number
  readonly trace = new TraceBus()
  readonly #queue = new EventQueue()
  readonly #streams = new Map<string, Random>()
  #nowMs: number

  constructor(options: SimulationOptions) {
    this.seed = options.seed
    this.startMs = options.startMs ?? DEFAULT_START_MS
    this.#nowMs = this.startMs
  }

  /** Virtual time in ms since the Unix epoch, with fractions. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Virtual time as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
  timestamp(): string {
    return formatTimestamp(this.#nowMs)
  }

  /** Runs `run` after `delayMs` of virtual time (0: after everything already due now). */
  schedule(delayMs: number, run: () => void): Timer {
    if (!(delayMs >= 0)) throw new RangeError(`delay must not be negative, was ${delayMs}`)
    return this.#queue.add(this.#nowMs + delayMs, run)
  }

  /**
   * The random stream of that name, the same object for the same name. A stream a component: what one
   * draws never shifts what another gets.
   */
  random(name: string): Random {
    let stream = this.#streams.get(name)
    if (!stream) this.#streams.set(name, (stream = Random.fromSeed(this.seed, name)))
    return stream
  }

  /** Virtual time of the next event, undefined when nothing is waiting. */
  get nextDueMs(): number | undefined {
    return this.#queue.nextDueAt
  }

  /** How many events have run since the start. */
  get eventCount(): number {
    return this.#queue.ranCount
  }

  /** Runs the next event, however far away. False when nothing is waiting. */
  step(): boolean {
    const due = this.#queue.nextDueAt
    if (due === undefined) return false
    this.#nowMs = due
    this.#queue.runNext()
    return true
  }

  /**
   * Runs every event due until `timeMs` and leaves the clock there. When `shouldPause` (asked after each event)
   * says so, stops early with the clock at the last event: a slice of work for a host that must not freeze.
   * @returns whether `timeMs` was reached.
   */
  runUntil(timeMs: number, shouldPause: () => boolean = never): boolean {
    for (let due = this.#queue.nextDueAt; due !== undefined && due <= timeMs; due = this.#queue.nextDueAt) {
      this.#nowMs = due
      this.#queue.runNext()
      if (shouldPause()) return this.#queue.nextDueAt === undefined || this.#queue.nextDueAt > timeMs
    }
    if (timeMs > this.#nowMs) this.#nowMs = timeMs
    return true
  }

  /**
   * Sets the clock forward without running anything: how a replay gives an input the very time it had.
   * @throws RangeError when an event is due before `timeMs`, or `timeMs` is past.
   */
  advanceTo(timeMs: number): void {
    const due = this.#queue.nextDueAt
    if (timeMs < this.#nowMs || (due !== undefined && due < timeMs)) {
      throw new RangeError(`cannot set the clock from ${this.#nowMs} to ${timeMs}: next event at ${due}`)
    }
    this.#nowMs = timeMs
  }

  /** `runUntil`, counted from now. */
  runFor(durationMs: number, shouldPause?: () => boolean): boolean {
    return this.runUntil(this.#nowMs + durationMs, shouldPause)
  }
}

const never = () => false
