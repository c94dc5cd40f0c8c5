import type { Blocking, Process, Terminal } from '../../process.ts'
import { Buffer } from './buffer.ts'
import { listCandidates, replaceWord } from './candidates.ts'
import type { Completion } from './candidates.ts'
import { Display } from './display.ts'
import { KeyDecoder } from './keys.ts'
import type { Key } from './keys.ts'

/** How a line ended. */
export type Outcome =
  | { readonly kind: 'line'; readonly text: string }
  /** ^C, or another signal. */
  | { readonly kind: 'interrupted' }
  /** ^D on an empty line, or the terminal is gone. */
  | { readonly kind: 'end' }

export interface EditorOptions {
  readonly process: Process
  readonly terminal: Terminal
  /** Lines typed before, oldest first; not changed here. */
  readonly history: readonly string[]
  /** What could stand where the cursor is. */
  complete(before: string): Blocking<Completion>
}

/** ^R under way. */
interface Search {
  query: string
  /** The line of the history that is shown. */
  at: number
  readonly original: string
}

const BRACKETED_PASTE_ON = '\x1b[?2004h'
const BRACKETED_PASTE_OFF = '\x1b[?2004l'

/** Emacs-style line editing in a raw terminal, as readline and busybox do it. */
export class LineEditor {
  readonly #options: EditorOptions
  readonly #process: Process
  readonly #display: Display
  readonly #keys = new KeyDecoder()
  #buffer = new Buffer()
  /** Where in the history the line comes from; its length for the line being written. */
  #historyAt = 0
  #edited = new Map<number, string>()
  #search: Search | undefined
  #tabs = 0

  constructor(options: EditorOptions) {
    this.#options = options
    this.#process = options.process
    this.#display = new Display(options.terminal)
  }

  /** Reads one line, newlines of a paste included. The terminal is left in canonical mode. */
  *readLine(prompt: string): Blocking<Outcome> {
    const { terminal } = this.#options
    const before = terminal.mode
    terminal.setMode({ canonical: false, echo: false, signals: true })
    try {
      const result = yield* this.#process.interruptible(this.#edit(prompt))
      if ('value' in result) return result.value
      yield* this.#print(`^C${this.#display.finish('', '')}`)
      return { kind: 'interrupted' }
    } finally {
      const rest = this.#keys.takeRest()
      if (rest !== '') this.#process.files.get(0)?.unread?.(rest)
      terminal.setMode(before)
    }
  }

  *#edit(prompt: string): Blocking<Outcome> {
    this.#buffer = new Buffer()
    this.#historyAt = this.#options.history.length
    this.#edited = new Map()
    this.#search = undefined
    yield* this.#print(BRACKETED_PASTE_ON + this.#display.start(prompt))
    for (;;) {
      const key = yield* this.#nextKey()
      if (!key) return { kind: 'end' }
      const outcome = yield* this.#handle(key)
      if (outcome) return outcome
    }
  }

  *#nextKey(): Blocking<Key | undefined> {
    for (;;) {
      const key = this.#keys.next()
      if (key) return key
      const text = yield* this.#process.read(0)
      if (text === null) return undefined
      this.#keys.feed(text)
    }
  }

  *#handle(key: Key): Blocking<Outcome | undefined> {
    if (this.#search && !(yield* this.#searchKey(key, this.#search))) return undefined
    if (key.kind === 'command' && key.name === 'tab') {
      yield* this.#complete()
      return undefined
    }
    this.#tabs = 0
    if (key.kind === 'text') this.#buffer.insert(key.text)
    else if (key.name === 'enter' || key.name === 'C-o') return yield* this.#accept()
    else if (key.name === 'C-d' && this.#buffer.text === '') {
      yield* this.#print(BRACKETED_PASTE_OFF)
      return { kind: 'end' }
    } else if (key.name === 'C-l') {
      this.#display.moved()
      yield* this.#print('\x1b[H\x1b[2J')
    } else if (key.name === 'C-r')
      this.#search = { query: '', at: this.#options.history.length, original: this.#buffer.text }
    else if (MOVES[key.name]) this.#recall(MOVES[key.name]!)
    else EDITS[key.name]?.(this.#buffer)
    yield* this.#show()
    return undefined
  }

  *#accept(): Blocking<Outcome> {
    yield* this.#print(this.#display.finish(...this.#buffer.shown) + BRACKETED_PASTE_OFF)
    return { kind: 'line', text: this.#buffer.text }
  }

  *#show(): Blocking<void> {
    const [before, after] = this.#buffer.shown
    if (!this.#search) return yield* this.#print(this.#display.render(before, after))
    yield* this.#print(this.#display.render(before, after, `(reverse-i-search)\`${this.#search.query}': `))
  }

  #print(text: string): Blocking<void> {
    return this.#process.write(this.#process.files.has(2) ? 2 : 1, text)
  }

  /** Up and down: changes made to a line of the history are kept while this line is read. */
  #recall(step: number): void {
    const { history } = this.#options
    const target = this.#historyAt + step
    if (target < 0 || target > history.length) return
    this.#edited.set(this.#historyAt, this.#buffer.text)
    this.#historyAt = target
    this.#buffer.set(this.#edited.get(target) ?? history[target] ?? '')
  }

  /** A key during ^R. @returns whether the key ends the search and means what it always means */
  *#searchKey(key: Key, search: Search): Blocking<boolean> {
    if (key.kind === 'text') search.query += key.text
    else if (key.name === 'backspace') search.query = search.query.slice(0, -1)
    else if (key.name === 'C-g') {
      this.#buffer.set(search.original)
      this.#search = undefined
    } else if (key.name !== 'C-r') {
      this.#search = undefined
      return true
    }
    if (this.#search)
      this.#find(search, key.kind === 'command' && key.name === 'C-r' ? search.at - 1 : search.at)
    yield* this.#show()
    return false
  }

  #find(search: Search, from: number): void {
    const { history } = this.#options
    for (let at = Math.min(from, history.length - 1); at >= 0 && search.query !== ''; at--) {
      const line = history[at]!
      const place = line.lastIndexOf(search.query)
      if (place < 0) continue
      search.at = at
      this.#buffer.before = line.slice(0, place)
      this.#buffer.after = line.slice(place)
      return
    }
  }

  /** Tab: completes as far as is certain; a second Tab lists what is possible. */
  *#complete(): Blocking<void> {
    const completion = yield* this.#options.complete(this.#buffer.before)
    const replaced = replaceWord(this.#buffer.before, completion)
    if (replaced !== undefined && replaced !== this.#buffer.before) {
      this.#buffer.before = replaced
      this.#tabs = 0
    } else if (completion.candidates.length > 1 && ++this.#tabs >= 2) {
      yield* this.#print(this.#display.finish('', ''))
      yield* this.#print(listCandidates(completion.candidates, this.#options.terminal.columns))
      this.#display.moved()
    }
    yield* this.#show()
  }
}

const MOVES: Readonly<Record<string, number>> = { up: -1, down: 1, 'C-p': -1, 'C-n': 1 }

/** What keys do to the line. */
const EDITS: Readonly<Record<string, (buffer: Buffer) => void>> = {
  left: (buffer) => buffer.moveBy(-1),
  right: (buffer) => buffer.moveBy(1),
  'C-b': (buffer) => buffer.moveBy(-1),
  'C-f': (buffer) => buffer.moveBy(1),
  home: (buffer) => buffer.moveToStart(),
  end: (buffer) => buffer.moveToEnd(),
  'C-a': (buffer) => buffer.moveToStart(),
  'C-e': (buffer) => buffer.moveToEnd(),
  'M-b': (buffer) => buffer.moveWord(-1),
  'M-f': (buffer) => buffer.moveWord(1),
  backspace: (buffer) => buffer.deleteBackward(),
  delete: (buffer) => buffer.deleteForward(),
  'C-d': (buffer) => buffer.deleteForward(),
  'C-k': (buffer) => buffer.killToEnd(),
  'C-u': (buffer) => buffer.killToStart(),
  'C-w': (buffer) => buffer.killBackward('blank'),
  'M-backspace': (buffer) => buffer.killBackward('word'),
  'M-d': (buffer) => buffer.killWordForward(),
  'C-y': (buffer) => buffer.yank(),
  'C-t': (buffer) => buffer.transpose(),
}
