/** The laptop's files in the editor: what is there, what is open, what is not saved yet. */
import type { FileEntry } from '../../worker/protocol.ts'
import { layout } from './layout.svelte.ts'
import { session } from './session.svelte.ts'
import { terminals } from './terminals.svelte.ts'

const SAVE_AFTER_MS = 400
/** The editor opens no more characters: no API server would take an object of that size either. */
const MOST_EDITED = 1_000_000

/** A tab of the editor: a file, or a text that a program in a terminal waits for. */
export interface Document {
  readonly id: string
  readonly path: string
  readonly text: string
  /** Typed, but not in the file yet. */
  readonly isDirty: boolean
  /** Counts up when the text came from outside the editor. */
  readonly revision: number
  /** Size of a file too long for the editor; its text is left where it is. */
  readonly tooLong?: number | undefined
  readonly waiting?: { readonly editor: number; readonly program: string; readonly terminal: string }
}

class Files {
  list = $state.raw<readonly FileEntry[]>([])
  documents = $state.raw<readonly Document[]>([])
  active = $state<string>()
  error = $state('')
  /** Counts up when the editor should take the focus: a program in a terminal opened it. */
  focusRequests = $state(0)
  #saveTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    session.onBoot(() => {
      this.documents = this.documents.filter((document) => !document.waiting)
      void this.refresh()
    })
    session.on('files', ({ paths }) => void this.refresh(paths))
    session.on('editor-open', ({ editor, path, text, program, terminal }) => {
      const id = `waiting:${editor}`
      this.documents = [
        ...this.documents,
        {
          id,
          path,
          text,
          tooLong: tooLong(text.length),
          isDirty: false,
          revision: 0,
          waiting: { editor, program, terminal },
        },
      ]
      this.show(id)
    })
    session.on('editor-close', ({ editor }) => this.#drop(`waiting:${editor}`))
  }

  get current(): Document | undefined {
    return this.documents.find(({ id }) => id === this.active)
  }

  async refresh(changed?: readonly string[]): Promise<void> {
    this.list = await session.call('listFiles')
    for (const document of this.documents) {
      if (document.waiting || document.isDirty || (changed && !changed.includes(document.path))) continue
      const isThere = this.list.some(({ path }) => path === document.path)
      if (!isThere) this.#drop(document.id)
      else {
        const content = await this.#read(document.path)
        if (content.text !== document.text || content.tooLong !== document.tooLong)
          this.#change(document.id, { ...content, revision: document.revision + 1 })
      }
    }
    if (this.documents.length === 0 && !changed) await this.#openFirst()
  }

  async #openFirst(): Promise<void> {
    const first = this.list.find(({ path, directory }) => !directory && /^[^.].*\.ya?ml$/.test(path))
    if (first) await this.open(first.path)
  }

  async open(path: string): Promise<void> {
    if (!this.documents.some(({ id }) => id === path)) {
      const content = await this.#read(path)
      this.documents = [...this.documents, { id: path, path, ...content, isDirty: false, revision: 0 }]
    }
    this.active = path
  }

  async #read(path: string): Promise<Pick<Document, 'text' | 'tooLong'>> {
    const size = tooLong(this.list.find((entry) => entry.path === path)?.size ?? 0)
    return { text: size === undefined ? await session.call('readFile', path) : '', tooLong: size }
  }

  /** Whether a paste of that length would make the file too long; the reason is shown then. */
  refusesPaste(document: Document, length: number): boolean {
    if (tooLong(document.text.length + length) === undefined) return false
    this.error = `The paste has ${inMegabytes(length)}; the editor takes files of at most ${inMegabytes(MOST_EDITED)}. A terminal takes more: cat > ${document.path.split('/').at(-1)}`
    return true
  }

  /** The editor's text changed; saved on its own after a moment's rest. */
  edit(id: string, text: string): void {
    const document = this.documents.find((one) => one.id === id)
    if (!document || document.text === text) return
    this.error = ''
    this.#change(id, { text, isDirty: true })
    if (document.waiting) return
    clearTimeout(this.#saveTimer)
    this.#saveTimer = setTimeout(() => void this.saveAll(), SAVE_AFTER_MS)
  }

  async saveAll(): Promise<void> {
    clearTimeout(this.#saveTimer)
    for (const { id, path, text, isDirty, waiting } of this.documents) {
      if (!isDirty || waiting) continue
      try {
        await session.call('writeFile', path, text)
        if (this.documents.find((document) => document.id === id)?.text === text)
          this.#change(id, { isDirty: false })
        this.error = ''
      } catch (error) {
        this.error = `${path}: ${error instanceof Error ? error.message : String(error)}`
      }
    }
  }

  async create(path: string, text = ''): Promise<void> {
    await session.call('writeFile', path, text)
    await this.refresh([])
    await this.open(path)
  }

  async remove(path: string): Promise<void> {
    await session.call('removeFile', path)
    this.#drop(path)
    await this.refresh([])
  }

  async close(document: Document): Promise<void> {
    if (document.waiting) return this.finish(document, false)
    await this.saveAll()
    this.#drop(document.id)
  }

  /** The program that waits for this text goes on. */
  async finish(document: Document, saved: boolean): Promise<void> {
    // What was typed since the caller looked counts, too.
    const { text } = this.documents.find(({ id }) => id === document.id) ?? document
    this.#drop(document.id)
    await session.call('finishEditor', document.waiting!.editor, { saved, text })
    terminals.show(document.waiting!.terminal)
  }

  /** The text that a program in this terminal waits for. */
  waitedForBy(terminal: string): Document | undefined {
    return this.documents.find(({ waiting }) => waiting?.terminal === terminal)
  }

  /** Brings a document to the front. */
  show(id: string): void {
    this.active = id
    this.focusRequests++
    layout.show('yaml')
  }

  #drop(id: string): void {
    const at = this.documents.findIndex((document) => document.id === id)
    this.documents = this.documents.filter((document) => document.id !== id)
    if (this.active === id) this.active = this.documents[Math.max(0, at - 1)]?.id
  }

  #change(id: string, change: Partial<Document>): void {
    this.documents = this.documents.map((document) =>
      document.id === id ? { ...document, ...change } : document,
    )
  }
}

const tooLong = (size: number) => (size > MOST_EDITED ? size : undefined)
export const inMegabytes = (characters: number): string => `${Math.max(1, Math.round(characters / 1e6))} MB`

export const files = new Files()
