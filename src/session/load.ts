import type { Kernel, Machine } from '../os/index.ts'
import { browse, type BrowseResult } from './browser.ts'

export interface LoadProgress {
  readonly sent: number
  readonly answered: number
  readonly failed: number
  /** Answers by who gave them. */
  readonly byBackend: Readonly<Record<string, number>>
  /** Failures by code. */
  readonly byError: Readonly<Record<string, number>>
  readonly finished: boolean
}

/** As many connections at once as a browser opens to one host. */
const PARALLEL = 6

/** Sends `count` requests to one URL, a few at a time. @returns a function that sends no more. */
export function startLoad(
  machine: Machine & { readonly kernel: Kernel },
  url: string,
  count: number,
  /** Who answered: from the address spoken to and the answer. */
  backendOf: (result: BrowseResult & { kind: 'page' }) => string,
  progress: (state: LoadProgress) => void,
): () => void {
  const byBackend: Record<string, number> = {}
  const byError: Record<string, number> = {}
  let sent = 0
  let answered = 0
  let failed = 0
  let wanted = count

  const count1 = (counts: Record<string, number>, key: string) => void (counts[key] = (counts[key] ?? 0) + 1)
  const report = () => {
    progress({
      sent,
      answered,
      failed,
      byBackend: { ...byBackend },
      byError: { ...byError },
      finished: answered + failed >= wanted,
    })
  }
  const next = () => {
    if (sent >= wanted) return
    sent++
    browse(machine, url, (result) => {
      if (result.kind === 'page') {
        answered++
        count1(byBackend, backendOf(result))
      } else {
        failed++
        count1(byError, result.code)
      }
      report()
      next()
    })
  }
  for (let started = 0; started < Math.min(PARALLEL, count); started++) next()
  if (count === 0) report()
  return () => {
    wanted = Math.min(wanted, sent)
    report()
  }
}
