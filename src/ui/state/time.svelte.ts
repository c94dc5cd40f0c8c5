/** The cluster's clock as the page shows it, and the controls that set its pace. */
import type { LogEntry } from '../../worker/protocol.ts'
import { session } from './session.svelte.ts'

export const SPEEDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100] as const

/** A moment that the timeline marks. */
export interface Tick {
  readonly atMs: number
  readonly kind: 'input' | 'event'
  readonly label: string
}

class Time {
  nowMs = $state(0)
  startMs = $state(0)
  speed = $state(1)
  eventCount = $state(0)
  nextDueMs = $state<number>()
  behindMs = $state(0)
  longestSliceMs = $state(0)
  ticks = $state.raw<readonly Tick[]>([])
  /** The speed that "play" goes back to. */
  #playSpeed = 1

  constructor() {
    session.onBoot((info) => {
      this.startMs = info.startMs
      // Marks of events are kept up to here: after a journey back in time the rest has not happened.
      const inputs = (session.client?.log ?? []).flatMap(tickOfInput)
      const events = this.ticks.filter(({ kind, atMs }) => kind === 'event' && atMs <= info.nowMs)
      this.ticks = [...inputs, ...events].sort((a, b) => a.atMs - b.atMs)
      this.nowMs = info.nowMs
      this.speed = info.speed
    })
    session.on('time', (update) => {
      this.nowMs = update.nowMs
      this.speed = update.speed
      this.eventCount = update.eventCount
      this.nextDueMs = update.nextDueMs
      this.behindMs = update.behindMs
      this.longestSliceMs = Math.max(this.longestSliceMs, update.longestSliceMs)
      if (update.speed > 0) this.#playSpeed = update.speed
    })
    session.on('inputs', ({ entries }) => this.mark(entries.flatMap(tickOfInput)))
  }

  get isPaused(): boolean {
    return this.speed === 0
  }

  mark(ticks: readonly Tick[]): void {
    if (ticks.length > 0) this.ticks = [...this.ticks, ...ticks].slice(-2000)
  }

  setSpeed(speed: number): void {
    this.speed = speed
    if (speed > 0) this.#playSpeed = speed
    void session.call('setSpeed', speed)
  }

  togglePause(): void {
    this.setSpeed(this.isPaused ? this.#playSpeed : 0)
  }

  /** Pauses if need be, then runs to the next change of the cluster. */
  async step(): Promise<void> {
    if (!this.isPaused) this.setSpeed(0)
    await session.call('step', 'change')
  }

  /** Back to just before the last thing that happened. */
  async stepBack(): Promise<void> {
    const before = this.ticks.findLast(({ atMs }) => atMs < this.nowMs - 1)
    await this.rewindTo(Math.max(this.startMs, (before?.atMs ?? this.startMs) - 1))
    this.setSpeed(0)
  }

  rewindTo(nowMs: number): Promise<void> {
    return session.client!.rewind({ nowMs })
  }
}

const INPUT_LABELS: Readonly<Record<string, string>> = {
  'write-file': 'file saved',
  'finish-editor': 'editor closed',
  browse: 'page opened',
  'start-load': 'load started',
  request: 'change through the page',
}

/** Typing is marked at each Enter; resizing and the like not at all. */
function tickOfInput(entry: LogEntry): Tick[] {
  if (entry.kind === 'terminal-input') {
    return typeof entry['text'] === 'string' && entry['text'].includes('\r')
      ? [{ atMs: entry.atMs, kind: 'input', label: 'Enter in a terminal' }]
      : []
  }
  const label = INPUT_LABELS[entry.kind]
  return label ? [{ atMs: entry.atMs, kind: 'input', label }] : []
}

export const time = new Time()
