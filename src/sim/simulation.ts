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

/** RFC 3339 in UTC with whole seconds, as `metav1.Time` is written. */
export function formatTimestamp(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (second !== latest.second) latest = { second, text: `${formatMicroTimestamp(timeMs).slice(0, 19)}Z` }
  return latest.text
}

/** Many things happen in one second, and each is dated. */
let latest = { second: NaN, text: '' }

/** RFC 3339 in UTC with microseconds, as `metav1.MicroTime` is written. */
export function formatMicroTimestamp(timeMs: number): string {
  const days = Math.floor(timeMs / 86_400_000)
  const { year, month, day } = civilFromDays(days)
  const inDay = timeMs - days * 86_400_000
  const hours = Math.floor(inDay / 3_600_000)
  const minutes = Math.floor(inDay / 60_000) % 60
  const seconds = Math.floor(inDay / 1000) % 60
  const micros = Math.floor((inDay % 1000) * 1000)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(micros, 6)}Z`
}

/** Inverse of the two above; also takes offsets (`+02:00`). NaN when `text` is no RFC 3339 time. */
export function parseTimestamp(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(
    text,
  )
  if (!match) return NaN
  const [, year, month, day, hours, minutes, seconds, fraction, sign, offsetHours, offsetMinutes] = match
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) : 0
  return (
    daysFromCivil(Number(year), Number(month), Number(day)) * 86_400_000 +
    (Number(hours) * 3600 + (Number(minutes) - offset) * 60 + Number(seconds)) * 1000 +
    (fraction ? Math.round(Number(fraction) * 1e6) / 1000 : 0)
  )
}

const pad = (value: number, width: number) => String(value).padStart(width, '0')

/** Days since 1970-01-01 of a proleptic Gregorian date (years are counted from March, so that leap days come last). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}

/** The proleptic Gregorian date of a number of days since 1970-01-01. */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}
