import type { ApiRequest } from '../api/wire.ts'

/**
 * Everything that reaches a session from outside. Seed + lesson + these, each with its moment, is the whole session:
 * whoever applies the same inputs at the same moments gets the same world, byte for byte.
 */
export type Input =
  | {
      readonly kind: 'open-terminal'
      readonly terminal: string
      readonly columns: number
      readonly rows: number
    }
  | { readonly kind: 'terminal-input'; readonly terminal: string; readonly text: string }
  | {
      readonly kind: 'resize-terminal'
      readonly terminal: string
      readonly columns: number
      readonly rows: number
    }
  | { readonly kind: 'close-terminal'; readonly terminal: string }
  /** A command for the script shell: see `ScriptShell`. */
  | { readonly kind: 'command'; readonly text: string }
  /** Paths are relative to the laptop's home. */
  | { readonly kind: 'write-file'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove-file'; readonly path: string }
  | { readonly kind: 'rename-file'; readonly path: string; readonly to: string }
  | {
      readonly kind: 'finish-editor'
      readonly editor: number
      readonly saved: boolean
      readonly text: string
    }
  | { readonly kind: 'request'; readonly request: ApiRequest }
  | { readonly kind: 'browse'; readonly url: string }
  | { readonly kind: 'start-load'; readonly load: string; readonly url: string; readonly count: number }
  | { readonly kind: 'stop-load'; readonly load: string }
  | { readonly kind: 'go-to-step'; readonly step: string }
  /** How fast time passed says nothing about what happened: kept for the timeline, without effect on a replay. */
  | { readonly kind: 'speed'; readonly speed: number }

/** An input and its moment. Plain data, as JSON keeps it. */
export type LogEntry = Input & {
  /** 0, 1, 2 ... */
  readonly index: number
  /** Virtual time, ms since the epoch. */
  readonly atMs: number
  /** How many events had run: two inputs of one virtual time may have events between them. */
  readonly afterEvents: number
}

/** A log does not lead where it led: it was recorded with another version of the engine, or of the lesson. */
export class ReplayDiverged extends Error {
  override readonly name = 'ReplayDiverged'
  constructor(index: number, kind: string) {
    super(`input ${index + 1} of the log (${kind}) comes at a moment that this world does not have`)
  }
}

/** A session as a file: what `exportLog` gives and what a bug report carries. */
export interface SessionLog {
  readonly tabernetes: 'session/v1'
  readonly version: string
  readonly seed: number
  readonly lesson?: string
  readonly entries: readonly LogEntry[]
}

/** Reads an exported log. @throws Error that says what is wrong with it. */
export function parseSessionLog(text: string): SessionLog {
  let log: Partial<SessionLog>
  try {
    log = JSON.parse(text) as Partial<SessionLog>
  } catch {
    throw new Error('this is not a session log: it is no JSON')
  }
  if (log?.tabernetes !== 'session/v1') throw new Error('this is not a session log of this program')
  if (typeof log.seed !== 'number' || !Array.isArray(log.entries))
    throw new Error('this session log lacks its seed or its entries')
  return log as SessionLog
}
