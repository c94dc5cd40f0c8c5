import { BACKOFF_FIRST_MS, BACKOFF_LONGEST_MS } from './latencies.ts'

interface Entry {
  durationMs: number
  updatedMs: number
}

/**
 * Exponential back-off by key, as client-go's `flowcontrol.Backoff`: 10 s, 20 s, 40 s ... 5 min; a key left alone for
 * twice the longest starts anew.
 */
export class Backoff {
  readonly #entries = new Map<string, Entry>()

  /** Whether something that last happened at `sinceMs` must not be tried again yet. */
  isWaiting(key: string, sinceMs: number, nowMs: number): boolean {
    return this.remainingMs(key, sinceMs, nowMs) > 0
  }

  remainingMs(key: string, sinceMs: number, nowMs: number): number {
    const entry = this.#entries.get(key)
    if (!entry || expired(entry, sinceMs)) return 0
    return Math.max(0, sinceMs + entry.durationMs - nowMs)
  }

  durationMs(key: string): number {
    return this.#entries.get(key)?.durationMs ?? 0
  }

  /** It is tried now: the next time must wait longer. */
  next(key: string, sinceMs: number, nowMs: number): void {
    const entry = this.#entries.get(key)
    const durationMs =
      !entry || expired(entry, sinceMs)
        ? BACKOFF_FIRST_MS
        : Math.min(entry.durationMs * 2, BACKOFF_LONGEST_MS)
    this.#entries.set(key, { durationMs, updatedMs: nowMs })
  }

  forget(key: string): void {
    this.#entries.delete(key)
  }
}

const expired = (entry: Entry, sinceMs: number) => sinceMs - entry.updatedMs > 2 * BACKOFF_LONGEST_MS

/** A duration as Go prints it: `10s`, `1m20s`, `5m0s`. */
export function formatGoDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs * 1000) / 1000}ms`
  const hours = Math.floor(durationMs / 3_600_000)
  const minutes = Math.floor(durationMs / 60_000) % 60
  const seconds = Math.round(durationMs % 60_000) / 1000
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}
