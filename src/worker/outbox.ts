import type { TimedTraceEvent, Update } from './protocol.ts'

/** One frame of the page, in wall ms: more often nobody could look. */
const FRAME_MS = 16
/** Trace events beyond this many in one frame are dropped, the newest: nobody can look at more. */
const MAX_TRACE_A_FRAME = 500

/** Gathers updates and sends them at most once a frame, texts of one terminal and events of one watch joined. */
export class Outbox {
  readonly #send: (updates: readonly Update[]) => void
  readonly #terminals = new Map<string, string[]>()
  readonly #files = new Set<string>()
  #updates: Update[] = []
  #trace: TimedTraceEvent[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (updates: readonly Update[]) => void) {
    this.#send = send
  }

  add(update: Update): void {
    const last = this.#updates.at(-1)
    if (update.kind === 'watch' && last?.kind === 'watch' && last.watch === update.watch) {
      this.#updates[this.#updates.length - 1] = { ...last, events: [...last.events, ...update.events] }
    } else if (update.kind === 'time' && last?.kind === 'time') {
      this.#updates[this.#updates.length - 1] = update
    } else if (update.kind === 'inputs' && last?.kind === 'inputs') {
      this.#updates[this.#updates.length - 1] = {
        kind: 'inputs',
        entries: [...last.entries, ...update.entries],
      }
    } else {
      this.#updates.push(update)
    }
    this.#soon()
  }

  terminalOutput(terminal: string, text: string): void {
    const texts = this.#terminals.get(terminal)
    if (texts) texts.push(text)
    else this.#terminals.set(terminal, [text])
    this.#soon()
  }

  trace(event: TimedTraceEvent): void {
    if (this.#trace.length < MAX_TRACE_A_FRAME) this.#trace.push(event)
    this.#soon()
  }

  fileChanged(path: string): void {
    this.#files.add(path)
    this.#soon()
  }

  /** Inputs must be safe before anything they cause can kill the worker: they go at once. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const updates = this.#updates
    for (const [terminal, texts] of this.#terminals)
      updates.push({ kind: 'terminal-output', terminal, text: texts.join('') })
    if (this.#trace.length > 0) updates.push({ kind: 'trace', events: this.#trace })
    if (this.#files.size > 0) updates.push({ kind: 'files', paths: [...this.#files] })
    this.#terminals.clear()
    this.#files.clear()
    this.#trace = []
    this.#updates = []
    if (updates.length > 0) this.#send(updates)
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.flush(), FRAME_MS)
  }
}
