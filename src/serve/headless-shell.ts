import { loadDescriptions } from './descriptions.ts'
import { Session, type SessionOptions } from '../session/session.ts'
import type { CommandResult } from '../session/script-shell.ts'

/** What `npm run sh --json` prints of a command. */
export interface CommandReport {
  readonly command: string
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Virtual time at which it began, in ms since the cluster stood. */
  readonly atMs: number
}

/** A session whose learner is a script: virtual time goes as fast as the machine can. */
export class HeadlessShell {
  readonly session: Session
  readonly #readyMs: number

  constructor(options: SessionOptions) {
    this.session = new Session({ descriptions: loadDescriptions, ...options })
    this.session.boot()
    this.#readyMs = this.session.simulation.nowMs
  }

  /** Virtual time in ms since the cluster stood. */
  get nowMs(): number {
    return this.session.simulation.nowMs - this.#readyMs
  }

  /**
   * Runs one complete command to its end.
   * @param timeoutMs of virtual time; a command that takes longer gets Ctrl-C. Default: never.
   */
  run(command: string, timeoutMs = Infinity): CommandReport {
    const { session } = this
    let result: CommandResult | undefined
    const atMs = this.nowMs
    session.input({ kind: 'command', text: command }, (answer) => void (result = answer))
    const deadline = session.simulation.nowMs + timeoutMs
    let interrupted = false
    while (!result) {
      if (!session.simulation.step())
        throw new Error(`nothing is left to happen, yet "${command}" has not ended`)
      if (session.simulation.nowMs > deadline && !interrupted) {
        interrupted = true
        session.interruptCommand()
      }
    }
    return { command, stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode, atMs }
  }

  /** Lets virtual time pass until `ms` after the cluster stood, if it is not later already. */
  waitUntil(ms: number): void {
    const target = this.#readyMs + ms
    if (target > this.session.simulation.nowMs) this.session.simulation.runUntil(target)
  }

  writeFile(path: string, text: string): void {
    this.session.input({ kind: 'write-file', path, text })
  }
}
