import type { LogEntry } from '../protocol.ts'

/** Where a session lives between visits. Every method may fail (private windows): the session then lives in memory. */
export interface SessionStore {
  load(session: string): Promise<StoredSession | undefined>
  /** Replaces whatever was stored under that name. */
  begin(session: string, stored: StoredSession): Promise<void>
  append(session: string, entries: readonly LogEntry[]): Promise<void>
}

export interface StoredSession {
  readonly seed: number
  readonly lesson?: string
  /** Version of the engine that wrote it; empty until the first boot. */
  readonly version: string
  readonly log: readonly LogEntry[]
}

/** Whether `kept` is `shared` with perhaps more done to it: then a reload must not throw that away. */
export function continues(kept: StoredSession, shared: StoredSession): boolean {
  const last = shared.log.length - 1
  return (
    kept.seed === shared.seed &&
    kept.log.length > last &&
    (last < 0 || JSON.stringify(kept.log[last]) === JSON.stringify(shared.log[last]))
  )
}
