import descriptionsUrl from '../api/generated/descriptions.json?url'
import type { LogEntry as SessionLogEntry } from '../session/input.ts'
import type { Session } from '../session/session.ts'
import { arrival } from './late.ts'
import type { BootOptions, LogEntry } from './protocol.ts'
import { budget } from './pump.ts'

/** The prose of all fields, by kind: what `kubectl explain` prints. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Fetches the prose of all fields, a file of its own for its size, after what a prompt needs. Without it `kubectl explain`
 * says less.
 */
export async function fetchDescriptions(): Promise<Descriptions | undefined> {
  await arrival
  const response = await fetch(descriptionsUrl).catch(() => undefined)
  return response?.ok ? ((await response.json()) as Descriptions) : undefined
}

/**
 * Brings the cluster up, in slices. What only a learner's objects and commands need may still be on its way: when the
 * cluster stands, before it takes the first of them, the world waits for that between two events.
 */
export async function bringUp(session: Session): Promise<void> {
  let isComplete = false
  const arrived = arrival.then(() => void (isComplete = true))
  const mustWait = () => session.cluster.stands && !isComplete
  for (;;) {
    const isSliceOver = budget(performance.now())
    if (session.boot(() => isSliceOver() || mustWait())) return arrived
    await (mustWait() ? arrived : breath())
  }
}

/** Replays the log, in slices. @returns how many entries were replayed. */
export async function replay(session: Session, { log = [], until }: BootOptions): Promise<number> {
  const entries = (log as readonly SessionLogEntry[]).filter((entry) => isWithin(entry, until))
  for (let done = 0; done < entries.length;) {
    done += session.replay(entries.slice(done), budget(performance.now()))
    await breath()
  }
  const { simulation } = session
  if (until && 'nowMs' in until)
    while (!simulation.runUntil(until.nowMs, budget(performance.now()))) await breath()
  if (until && 'eventCount' in until)
    while (simulation.eventCount < until.eventCount && simulation.step()) continue
  return entries.length
}

function isWithin(entry: LogEntry & { readonly afterEvents?: number }, until: BootOptions['until']): boolean {
  if (!until) return true
  return 'nowMs' in until ? entry.atMs <= until.nowMs : (entry.afterEvents ?? 0) <= until.eventCount
}

/** Lets the worker look at its messages. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 0))
