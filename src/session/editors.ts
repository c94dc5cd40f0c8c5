/** A program on the laptop that waits for a file to be edited. */
export interface EditorRequest {
  readonly editor: number
  readonly path: string
  readonly text: string
  readonly program: string
}

export interface EditorResult {
  readonly saved: boolean
  readonly text?: string
}

interface Waiting {
  readonly request: EditorRequest
  readonly done: (result: EditorResult) => void
}

/** The editors that `vi`, `nano` and `kubectl edit` have open: each waits until the page finishes it. */
export class Editors {
  readonly #events: { opened(request: EditorRequest): void; closed(editor: number): void }
  readonly #open = new Map<number, Waiting>()
  #last = 0

  constructor(events: { opened(request: EditorRequest): void; closed(editor: number): void }) {
    this.#events = events
  }

  /** The laptop's facility `editor`. @returns what closes the editor when its program is killed. */
  readonly open = (
    request: { readonly path: string; readonly text: string; readonly program?: string },
    done: (result: EditorResult) => void,
  ): (() => void) => {
    const editor = ++this.#last
    const opened = { editor, path: request.path, text: request.text, program: request.program ?? 'vi' }
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
