import type { Blocking, Signal } from '../process.ts'
import { runText } from './interpreter/run-text.ts'
import type { Shell } from './shell.ts'

/** What a trap waits for: a signal, or something that happens in the shell. */
export type TrapEvent = Signal | 'EXIT' | 'ERR' | 'DEBUG' | 'RETURN'

/** The `trap`s of a shell: commands by event. An empty command ignores the signal. */
export class Traps {
  readonly actions: Map<TrapEvent, string>
  /** Signals that came while a command ran. */
  readonly pending: Signal[] = []
  readonly #shell: Shell
  #running = false

  /** Subshells keep ignored signals ignored, and forget the rest. */
  constructor(shell: Shell, parent?: Traps) {
    this.#shell = shell
    this.actions = new Map([...(parent?.actions ?? [])].filter(([, action]) => action === ''))
  }

  set(event: TrapEvent, action: string | undefined): void {
    const { process } = this.#shell
    if (action === undefined) this.actions.delete(event)
    else this.actions.set(event, action)
    if (!event.startsWith('SIG')) return
    const signal = event as Signal
    if (action === undefined) {
      process.onSignal(
        signal,
        this.#shell.interactive && signal === 'SIGINT' ? () => (this.#shell.interrupted = true) : 'default',
      )
    } else if (action === '') process.onSignal(signal, 'ignore')
    else process.onSignal(signal, (received) => this.pending.push(received))
  }

  /** Runs the commands of the signals that came. */
  *run(): Blocking<void> {
    for (let signal = this.pending.shift(); signal; signal = this.pending.shift()) yield* this.fire(signal)
  }

  /** Runs the command of an event; `$?` is afterwards what it was. */
  *fire(event: TrapEvent): Blocking<void> {
    const action = this.actions.get(event)
    if (!action || (this.#running && event === 'ERR')) return
    const { status } = this.#shell
    const wasRunning = this.#running
    this.#running = true
    try {
      yield* runText(this.#shell, action)
    } finally {
      this.#running = wasRunning
    }
    this.#shell.status = status
  }
}
