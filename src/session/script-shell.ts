import { createShellSession, type ShellSession } from '../os/shell/index.ts'
import type { Kernel, Machine } from '../os/index.ts'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Virtual time when it began, ms since the epoch. */
  readonly startedMs: number
}

/** A shell on the laptop that is fed whole commands, one after the other, and tells what each wrote and how it ended. */
export class ScriptShell {
  readonly #machine: Machine
  readonly #shell: ShellSession
  #stdout = ''
  #stderr = ''

  constructor(
    machine: Machine & { readonly kernel: Kernel },
    home: string,
    env: ReadonlyMap<string, string>,
  ) {
    this.#machine = machine
    this.#shell = createShellSession(machine, {
      personality: 'bash',
      home,
      env,
      stdout: (text) => void (this.#stdout += text),
      stderr: (text) => void (this.#stderr += text),
    })
  }

  /** Runs one command; `done` is called once, when it has ended. Call again only after that. */
  run(command: string, done: (result: CommandResult) => void): void {
    const startedMs = this.#machine.simulation.nowMs
    this.#shell.run(command, (exitCode) => {
      const result = { stdout: this.#stdout, stderr: this.#stderr, exitCode, startedMs }
      this.#stdout = this.#stderr = ''
      done(result)
    })
  }

  interrupt(): void {
    this.#shell.interrupt()
  }
}
