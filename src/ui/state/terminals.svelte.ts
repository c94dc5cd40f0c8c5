/** The laptop's terminals: what they have printed, and the one way to type into them. */
import { session } from './session.svelte.ts'
import { layout } from './layout.svelte.ts'

/** Must not be above `MAX_INPUT_CHUNK` of the protocol. */
const CHUNK = 16_384
/** The most that is pasted at once: what a terminal of the laptop keeps for a program that does not read yet. */
const MOST_PASTED_MB = 16
/** What a terminal's memory holds; older output is forgotten. */
const KEEP = 400_000
const DEFAULT_SIZE = { columns: 120, rows: 24 }
const INTERRUPT = '\x03'
/** Around what is pasted to a program that asked to be told. */
const PASTE_START = '\x1b[200~'
const PASTE_END = '\x1b[201~'

export class TerminalSession {
  readonly id: string
  exitCode = $state<number>()
  /** Share of a long paste that has been sent, while one is under way. */
  pasteProgress = $state<number>()
  /** Why something typed or pasted was not taken. */
  refusal = $state('')
  size = DEFAULT_SIZE
  /** Typed before there was anything to type into. */
  typedAhead = ''
  /** Resolves when everything typed so far was taken. */
  taken: Promise<unknown> = Promise.resolve()
  /** Counts ^C: a paste under way ends with it. */
  interrupts = 0
  /** What was printed, in pieces; the oldest are dropped. */
  #pieces: string[] = []
  #size = 0
  #views: readonly ((text: string, isFresh: boolean) => void)[] = []

  constructor(id: string) {
    this.id = id
  }

  /** The end of what was printed, from the start of a line. */
  get text(): string {
    const text = this.#pieces.join('')
    return text.length <= KEEP ? text : text.slice(text.indexOf('\n', text.length - KEEP) + 1)
  }

  /** A view gets everything printed so far, then what comes. `isFresh` means: clear the screen first. */
  view(show: (text: string, isFresh: boolean) => void): () => void {
    show(this.text, true)
    this.#views = [...this.#views, show]
    return () => (this.#views = this.#views.filter((view) => view !== show))
  }

  print(text: string): void {
    this.#pieces.push(text)
    this.#size += text.length
    while (this.#size - this.#pieces[0]!.length > KEEP) this.#size -= this.#pieces.shift()!.length
    for (const show of this.#views) show(text, false)
  }

  replace(text: string): void {
    this.#pieces = [text]
    this.#size = text.length
    for (const show of this.#views) show(text, true)
  }
}

class Terminals {
  list = $state.raw<readonly TerminalSession[]>([])
  active = $state('main')
  /** Counts up when the active terminal should take the focus. */
  focusRequests = $state(0)

  constructor() {
    session.on('terminal-output', ({ terminal, text }) => this.find(terminal)?.print(text))
    session.on('terminal-exit', ({ terminal, code }) => {
      const found = this.find(terminal)
      if (found) found.exitCode = code
    })
    session.onBoot(({ terminals }) => {
      for (const { terminal, text } of terminals) {
        const kept = this.find(terminal) ?? this.#add(terminal)
        kept.exitCode = undefined
        kept.replace(text)
      }
      const alive = new Set(terminals.map(({ terminal }) => terminal))
      for (const kept of this.list) {
        if (alive.has(kept.id)) continue
        kept.replace('')
        void session.call('openTerminal', kept.id, kept.size)
        if (kept.typedAhead) void this.type(kept, kept.typedAhead)
        kept.typedAhead = ''
      }
    })
  }

  find(id: string): TerminalSession | undefined {
    return this.list.find((terminal) => terminal.id === id)
  }

  /** Before the boot this only reserves the name; the boot opens it. */
  ensure(id: string): TerminalSession {
    const found = this.find(id)
    if (found) return found
    const added = this.#add(id)
    if (session.info) void session.call('openTerminal', id, added.size)
    return added
  }

  /** Brings a terminal to the front and gives it the focus; the active one, if there is none of that name. */
  show(id: string): void {
    if (this.find(id)) this.active = id
    layout.show('terminals')
    this.focusRequests++
  }

  open(): void {
    let number = 2
    while (this.find(`terminal-${number}`)) number++
    this.active = this.ensure(`terminal-${number}`).id
    this.focusRequests++
  }

  close(id: string): void {
    void session.call('closeTerminal', id)
    this.list = this.list.filter((terminal) => terminal.id !== id)
    if (this.list.length === 0) this.ensure('main')
    if (!this.find(this.active)) this.active = this.list[0]!.id
  }

  resize(terminal: TerminalSession, size: { columns: number; rows: number }): void {
    if (terminal.size.columns === size.columns && terminal.size.rows === size.rows) return
    terminal.size = size
    void session.call('resizeTerminal', terminal.id, size)
  }

  /** Keys and pastes, in their order. A long paste goes in pieces, each after the one before was taken; ^C ends it. */
  async type(terminal: TerminalSession, text: string): Promise<void> {
    if (!session.info) return void (terminal.typedAhead += text)
    terminal.refusal = ''
    if (text.length > MOST_PASTED_MB * 1e6) {
      terminal.refusal = `The clipboard holds ${Math.ceil(text.length / 1e6)} MB. A terminal takes at most ${MOST_PASTED_MB} MB at once; nothing was pasted.`
      return
    }
    if (text === INTERRUPT) terminal.interrupts++
    const sent = terminal.taken.then(() => this.#send(terminal, text))
    terminal.taken = sent.catch(() => {})
    return sent
  }

  async #send(terminal: TerminalSession, text: string): Promise<void> {
    if (text.length <= CHUNK) return session.call('terminalInput', terminal.id, text)
    const { interrupts } = terminal
    for (let sent = 0; sent < text.length && terminal.exitCode === undefined; sent += CHUNK) {
      if (terminal.interrupts > interrupts) {
        if (text.startsWith(PASTE_START)) await session.call('terminalInput', terminal.id, PASTE_END)
        break
      }
      terminal.pasteProgress = sent / text.length
      await session.call('terminalInput', terminal.id, text.slice(sent, sent + CHUNK))
    }
    terminal.pasteProgress = undefined
  }

  /** Puts a command at the prompt, and with `run` presses Enter. The terminal takes the focus so that Enter is next. */
  command(text: string, { run = false, terminal = this.active } = {}): void {
    const target = this.ensure(terminal)
    this.active = target.id
    layout.show('terminals')
    void this.type(target, text.replaceAll('\n', '\r') + (run ? '\r' : ''))
    this.focusRequests++
  }

  #add(id: string): TerminalSession {
    const added = new TerminalSession(id)
    this.list = [...this.list, added]
    return added
  }
}

export const terminals = new Terminals()
