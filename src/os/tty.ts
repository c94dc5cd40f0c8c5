import type { Simulation } from '../sim/index.ts'
import type { Kernel } from './kernel.ts'
import { sleepIn, wakeAll } from './pipe.ts'
import { SystemError } from './process.ts'
import type { OpenFile, Signal, Terminal, TerminalMode } from './process.ts'
import { EDIT_KEYS, SIGNAL_KEYS, caret } from './tty-keys.ts'

/** What the kernel needs of a terminal that controls a session. */
export interface ControllingTerminal {
  readonly file: OpenFile
  /** A session begins on it: `leader` is its first process and foreground group. */
  attach(kernel: Kernel, leader: number): void
  /** The session's leader has ended: whoever is in the foreground is hung up. */
  leaderEnded(leader: number): void
}

export interface TtyOptions {
  readonly columns: number
  readonly rows: number
  readonly simulation: Simulation
  /** Gets what is to be shown, newlines as `\r\n`. */
  output(text: string): void
}

export interface Tty extends ControllingTerminal, Terminal {
  /** Text from the keyboard. */
  input(text: string): void
  resize(columns: number, rows: number): void
  /** The window is closed: readers get the end of the file, the foreground group SIGHUP. */
  hangup(): void
}

/** Written text waits this long for more, so that a loop of small writes becomes few messages to the screen. */
const OUTPUT_DELAY_MS = 2
/** What is waiting to be shown beyond which it goes out at once; and beyond which writers block. */
const OUTPUT_CHUNK = 16_384
/** What a reader may leave unread; more is lost, with a bell, as a real tty does (which keeps 4096). */
const INPUT_CAPACITY = 16_777_216

/** How much of what is pasted is taken at once, and how soon the next. */
const INPUT_CHUNK = 8192
const INPUT_CHUNK_MS = 1

/** The kernel's side of a terminal: line editing, echo, signals from the keyboard, newline translation. */
export function createTty(options: TtyOptions): Tty {
  return new TtyDevice(options)
}

class TtyDevice implements Tty {
  columns: number
  rows: number
  mode: TerminalMode = { canonical: true, echo: true, signals: true, output: true }
  foregroundGroup = 0
  readonly file: OpenFile
  readonly #simulation: Simulation
  readonly #output: (text: string) => void
  readonly #readers = new Set<() => void>()
  readonly #writers = new Set<() => void>()
  #kernel: Kernel | undefined
  #leader = 0
  /** Lines (in raw mode: chunks) ready to be read, from `#head` on; an empty string is an end of file. */
  #ready: string[] = []
  #head = 0
  #readySize = 0
  /** What raw mode left unread, or put back, last piece first: goes through line editing when it is read. */
  #typedAhead: string[] = []
  /** The line being edited. */
  #line: string[] = []
  #pendingOutput: string[] = []
  #pendingSize = 0
  #hungUp = false
  /** What came from the keyboard and waits for its turn. */
  #pasted = ''

  constructor(options: TtyOptions) {
    this.columns = options.columns
    this.rows = options.rows
    this.#simulation = options.simulation
    this.#output = options.output
    this.file = {
      terminal: this,
      read: () => this.#read(),
      write: (text) => this.#write(text),
      unread: (text) => this.#unread(text),
      close() {},
    }
  }

  attach(kernel: Kernel, leader: number): void {
    this.#kernel = kernel
    this.foregroundGroup = leader
    this.#leader = leader
  }

  leaderEnded(leader: number): void {
    if (this.foregroundGroup !== leader) this.#signal('SIGHUP')
    this.#flush()
  }

  setMode(mode: Partial<TerminalMode>): void {
    const wasCanonical = this.mode.canonical
    this.mode = { ...this.mode, ...mode }
    if (wasCanonical === this.mode.canonical) return
    if (wasCanonical && this.#line.length > 0) {
      this.#offer(this.#line.join(''))
      this.#line = []
    } else if (!wasCanonical) {
      for (let last = this.#ready.length - 1; last >= this.#head; last--)
        this.#typedAhead.push(this.#ready[last]!)
      this.#clearReady()
    }
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return
    this.columns = columns
    this.rows = rows
    this.#signal('SIGWINCH')
  }

  hangup(): void {
    this.#hungUp = true
    wakeAll(this.#readers)
    wakeAll(this.#writers)
    for (const target of new Set([this.#leader, -this.foregroundGroup])) {
      this.#signal('SIGHUP', target)
      this.#signal('SIGCONT', target)
    }
  }

  input(text: string): void {
    if (this.#hungUp) return
    const isFirst = this.#pasted === ''
    if (isFirst && text.length <= INPUT_CHUNK) return this.#take(text)
    if (this.#pasted.length + text.length > INPUT_CAPACITY) return this.#show('\x07')
    this.#pasted += text
    if (isFirst) this.#takePasted()
  }

  /** Much at once comes in over a line of some speed: no event takes more of it than it can work off in time. */
  #takePasted(): void {
    if (this.#hungUp) return
    const text = this.#pasted.slice(0, INPUT_CHUNK)
    this.#pasted = this.#pasted.slice(text.length)
    this.#take(text)
    if (this.#pasted !== '') this.#simulation.schedule(INPUT_CHUNK_MS, () => this.#takePasted())
  }

  #take(text: string): void {
    // Typed ahead is typed before.
    if (this.mode.canonical && this.#typedAhead.length > 0) {
      this.#typedAhead.unshift(text)
      wakeAll(this.#readers)
    } else if (this.mode.canonical || this.mode.echo) this.#eachKey(text)
    else this.#raw(text)
  }

  /** Raw mode without echo: only the signal keys mean anything. */
  #raw(text: string): void {
    const keys = /[\x03\x1a\x1c]/g
    let from = 0
    for (let match = this.mode.signals ? keys.exec(text) : null; match; match = keys.exec(text)) {
      this.#offerKeys(text.slice(from, match.index))
      this.#signalKey(match[0], SIGNAL_KEYS.get(match[0])!)
      from = keys.lastIndex
    }
    this.#offerKeys(text.slice(from))
  }

  #offerKeys(text: string): void {
    if (text !== '') this.#offer(text.replaceAll('\r', '\n'))
  }

  #eachKey(text: string): void {
    let plain = 0
    for (let index = 0; index < text.length; index++) {
      if (!this.#isSpecial(text.charCodeAt(index))) continue
      this.#plain(text.slice(plain, index))
      this.#key(text[index]!)
      plain = index + 1
    }
    this.#plain(text.slice(plain))
  }

  #isSpecial(code: number): boolean {
    return code < 0x20 ? code !== 9 : code === 0x7f
  }

  #plain(text: string): void {
    if (text === '') return
    if (this.mode.echo) this.#show(text)
    if (this.mode.canonical) for (const character of text) this.#line.push(character)
    else this.#offer(text)
  }

  #key(key: string): void {
    const signal = this.mode.signals ? SIGNAL_KEYS.get(key) : undefined
    if (signal) return this.#signalKey(key, signal)
    if (!this.mode.canonical) {
      if (this.mode.echo) this.#show(key === '\r' ? '\n' : caret(key))
      // ICRNL: a terminal's Enter key sends a carriage return, programs read a newline.
      return this.#offer(key === '\r' ? '\n' : key)
    }
    const edit = EDIT_KEYS.get(key)
    if (edit) return this.#erase(edit(this.#line))
    if (key === '\r' || key === '\n') return this.#endLine('\n')
    if (key === '\x04') return this.#endLine('')
    if (this.mode.echo) this.#show(caret(key))
    this.#line.push(key)
  }

  #signalKey(key: string, signal: Signal): void {
    if (this.mode.echo) this.#show(caret(key))
    this.#line = []
    this.#typedAhead = []
    this.#clearReady()
    this.#signal(signal)
  }

  #endLine(ending: string): void {
    if (this.mode.echo && ending !== '') this.#show('\n')
    this.#offer(this.#line.join('') + ending)
    this.#line = []
  }

  #erase(count: number): void {
    const erased = this.#line.splice(this.#line.length - count, count)
    if (!this.mode.echo) return
    const columns = erased.reduce(
      (sum, character) => sum + (character < ' ' && character !== '\t' ? 2 : 1),
      0,
    )
    this.#show('\b \b'.repeat(columns))
  }

  #offer(text: string): void {
    if (this.#readySize + text.length > INPUT_CAPACITY) return this.#show('\x07')
    this.#ready.push(text)
    this.#readySize += text.length
    wakeAll(this.#readers)
  }

  *#read() {
    while (this.#head === this.#ready.length) {
      if (this.#hungUp) return null
      const ahead = this.#typedAhead.pop()
      if (ahead === undefined) yield* sleepIn(this.#readers)
      else if (!this.mode.canonical) return ahead
      else this.#editAhead(ahead)
    }
    const text = this.#ready[this.#head++]!
    this.#readySize -= text.length
    if (this.#head === this.#ready.length) this.#clearReady()
    if (this.mode.canonical) return text === '' ? null : text
    return text === '' ? '\x04' : text
  }

  /** Line by line, so that what a later reader is to have in raw mode stays as it was typed. */
  #editAhead(text: string): void {
    const end = text.search(/[\r\n]/) + 1
    if (end > 0 && end < text.length) this.#typedAhead.push(text.slice(end))
    this.#eachKey(end > 0 ? text.slice(0, end) : text)
  }

  /** A line's rest goes back to where it is read next; in raw mode behind nothing that was typed later. */
  #unread(text: string): void {
    if (text === '') return
    if (!this.mode.canonical) {
      this.#typedAhead.push(text)
      for (; this.#head < this.#ready.length; this.#head++) this.#typedAhead.unshift(this.#ready[this.#head]!)
      this.#clearReady()
    } else if (this.#head > 0) this.#ready[--this.#head] = text
    else this.#ready.unshift(text)
  }

  #clearReady(): void {
    this.#ready = []
    this.#head = 0
    this.#readySize = 0
  }

  *#write(text: string) {
    while (this.#pendingSize >= OUTPUT_CHUNK && !this.#hungUp) yield* sleepIn(this.#writers)
    if (this.#hungUp) throw new SystemError('EIO')
    this.#show(text)
  }

  #show(text: string): void {
    if (text === '') return
    if (this.#pendingOutput.length === 0) this.#simulation.schedule(OUTPUT_DELAY_MS, () => this.#flush())
    this.#pendingOutput.push(this.mode.output ? text.replaceAll('\n', '\r\n') : text)
    this.#pendingSize += text.length
  }

  #flush(): void {
    if (this.#pendingOutput.length === 0) return
    const text = this.#pendingOutput.join('')
    this.#pendingOutput = []
    this.#pendingSize = 0
    this.#output(text)
    wakeAll(this.#writers)
  }

  #signal(signal: Signal, target = -this.foregroundGroup): void {
    if (!this.#kernel || target === 0) return
    try {
      this.#kernel.kill(target, signal)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
}
