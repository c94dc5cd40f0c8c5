import { createTty, type Machine, type Kernel, type Terminal as OsTerminal, type Tty } from '../os/index.ts'

export interface TerminalEvents {
  output(terminal: string, text: string): void
  exit(terminal: string, code: number): void
}

export interface TerminalInfo {
  readonly terminal: string
  readonly columns: number
  readonly rows: number
  /** The end of what it has printed. */
  readonly text: string
}

interface Terminal {
  readonly tty: Tty
  /** What it printed, in pieces; the oldest are dropped. */
  shown: string[]
  size: number
}

/** How much of its past a terminal can show to a page that comes back, in characters. */
const SCROLLBACK = 262_144

/** Terminal windows on the laptop, each with a login shell of its own. */
export class Terminals {
  readonly #machine: Machine & { readonly kernel: Kernel }
  readonly #home: string
  readonly #environment: ReadonlyMap<string, string>
  readonly #events: TerminalEvents
  readonly #open = new Map<string, Terminal>()

  constructor(
    machine: Machine & { readonly kernel: Kernel },
    options: { readonly home: string; readonly environment: ReadonlyMap<string, string> },
    events: TerminalEvents,
  ) {
    this.#machine = machine
    this.#home = options.home
    this.#environment = options.environment
    this.#events = events
  }

  /** Opens a window with a login shell; one of that name that is open takes the size. */
  open(name: string, columns: number, rows: number): void {
    if (this.#open.has(name)) return this.resize(name, columns, rows)
    const output = (text: string) => {
      this.#remember(terminal, text)
      this.#events.output(name, text)
    }
    const tty = createTty({ columns, rows, simulation: this.#machine.simulation, output })
    const terminal: Terminal = { tty, shown: [], size: 0 }
    this.#open.set(name, terminal)
    const shell = this.#machine.programAt('/bin/bash')
    if (!shell) throw new Error('the laptop has no /bin/bash')
    this.#machine.kernel.start(shell, {
      argv: ['-bash'],
      env: new Map([
        ...this.#environment,
        ['TERM', 'xterm-256color'],
        ['COLUMNS', String(columns)],
        ['LINES', String(rows)],
      ]),
      cwd: this.#home,
      terminal: tty,
      onExit: ({ code }) => {
        if (this.#open.get(name) === terminal) this.#open.delete(name)
        this.#events.exit(name, code)
      },
    })
  }

  input(name: string, text: string): void {
    this.#open.get(name)?.tty.input(text)
  }

  resize(name: string, columns: number, rows: number): void {
    this.#open.get(name)?.tty.resize(columns, rows)
  }

  close(name: string): void {
    this.#open.get(name)?.tty.hangup()
  }

  /** The window that a program's terminal is; empty when it is none of these. */
  nameOf(terminal: OsTerminal | undefined): string {
    return [...this.#open].find(([, { tty }]) => tty === terminal)?.[0] ?? ''
  }

  list(): readonly TerminalInfo[] {
    return [...this.#open].map(([terminal, { tty, shown }]) => ({
      terminal,
      columns: tty.columns,
      rows: tty.rows,
      text: shown.join('').slice(-SCROLLBACK),
    }))
  }

  #remember(terminal: Terminal, text: string): void {
    terminal.shown.push(text)
    terminal.size += text.length
    while (terminal.size - terminal.shown[0]!.length > SCROLLBACK)
      terminal.size -= terminal.shown.shift()!.length
  }
}
