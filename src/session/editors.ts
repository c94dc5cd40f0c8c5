import type { EditorFacility, EditorResult, Terminal } from '../os/index.ts'

/** A program on the laptop that waits for a file to be edited. */
export interface EditorRequest {
  readonly editor: number
  readonly path: string
  readonly text: string
  readonly program: string
  /** Name of the terminal that waits; empty when the program was started on none. */
  readonly terminal: string
}

interface Waiting {
  readonly request: EditorRequest
  readonly done: (result: EditorResult) => void
}

interface EditorEvents {
  opened(request: EditorRequest): void
  closed(editor: number): void
}

/** The editors that `vi`, `nano` and `kubectl edit` have open: each waits until the page finishes it. */
export class Editors {
  readonly #events: EditorEvents
  readonly #nameOf: (terminal: Terminal | undefined) => string
  readonly #open = new Map<number, Waiting>()
  #last = 0

  /** `nameOf` tells what the window is called that a program runs in. */
  constructor(events: EditorEvents, nameOf: (terminal: Terminal | undefined) => string) {
    this.#events = events
    this.#nameOf = nameOf
  }

  /** The laptop's facility `editor`. @returns what closes the editor when its program is killed. */
  readonly open: EditorFacility = ({ path, text, program, terminal }, done) => {
    const editor = ++this.#last
    const opened = { editor, path, text, program, terminal: this.#nameOf(terminal) }
    this.#open.set(editor, { request: opened, done })
    this.#events.opened(opened)
    return () => {
      if (this.#open.delete(editor)) this.#events.closed(editor)
    }
  }

  /** Those that wait now, oldest first. */
  get waiting(): readonly EditorRequest[] {
    return [...this.#open.values()].map(({ request }) => request)
  }

  /** Lets the program go on; an editor that is gone already is ignored. */
  finish(editor: number, result: EditorResult): void {
    const waiting = this.#open.get(editor)
    if (!waiting) return
    this.#open.delete(editor)
    waiting.done({ saved: result.saved, text: result.text })
  }
}
