import type { Kernel } from '../kernel.ts'
import type { Machine } from '../machine.ts'
import { nullFile } from '../open-file.ts'
import { wait } from '../process.ts'
import type { Blocking, OpenFile, Process } from '../process.ts'
import { ExitJump, Interrupt, LoopJump, ReturnJump } from './control.ts'
import { runText } from './interpreter/run-text.ts'
import { ASH, BASH } from './personality.ts'
import { Shell } from './shell.ts'

export interface ShellSessionOptions {
  readonly personality: 'bash' | 'ash'
  /** HOME, and where it starts. */
  readonly home: string
  readonly env?: ReadonlyMap<string, string>
  stdout(text: string): void
  stderr(text: string): void
}

/** A shell that is fed one whole command after the other; variables, directory, functions and jobs persist. */
export interface ShellSession {
  /** Runs a command (a here-document is part of it); `done` gets `$?`. One at a time. */
  run(commandText: string, done: (exitCode: number) => void): void
  /** ^C: ends what runs in the foreground. */
  interrupt(): void
  readonly process: Process
}

/** Starts such a shell on a machine. Messages are those of an interactive shell, without prompts. */
export function createShellSession(
  machine: Machine & { readonly kernel: Kernel },
  options: ShellSessionOptions,
): ShellSession {
  const queue = new CommandQueue()
  const env = new Map(options.env)
  env.set('HOME', options.home)
  const personality = options.personality === 'bash' ? BASH : ASH
  const process = machine.kernel.start(
    (own) => serve(new Shell(own, { personality, from: 'interactive', name: personality.name }), queue),
    {
      argv: [personality.name],
      env,
      cwd: options.home,
      files: new Map([
        [0, nullFile()],
        [1, callbackFile(options.stdout)],
        [2, callbackFile(options.stderr)],
      ]),
      onExit: (status) => queue.end(status.code),
    },
  )
  return {
    process,
    run: (text, done) => queue.add({ text, done }),
    interrupt: () => machine.kernel.kill(-process.processGroup, 'SIGINT'),
  }
}

interface Request {
  readonly text: string
  readonly done: (exitCode: number) => void
}

/** Commands on their way to the shell. Once it has ended, each is answered with its last status. */
class CommandQueue {
  #requests: Request[] = []
  #wake: (() => void) | undefined
  #running: Request | undefined
  #ended: number | undefined

  add(request: Request): void {
    if (this.#ended !== undefined) return request.done(this.#ended)
    this.#requests.push(request)
    this.#wake?.()
  }

  *next(): Blocking<Request> {
    while (this.#requests.length === 0) {
      yield* wait<void>((resume) => {
        this.#wake = () => resume()
        return () => (this.#wake = undefined)
      })
    }
    return (this.#running = this.#requests.shift()!)
  }

  finish(status: number): void {
    const running = this.#running
    this.#running = undefined
    running?.done(status)
  }

  end(status: number): void {
    this.#ended = status
    this.finish(status)
    for (const request of this.#requests.splice(0)) request.done(status)
  }
}

function* serve(shell: Shell, queue: CommandQueue): Blocking<number> {
  const { process } = shell
  process.onSignal('SIGINT', () => (shell.interrupted = true))
  shell.quiet = true
  for (;;) {
    const { text } = yield* queue.next()
    shell.interrupted = false
    try {
      yield* runText(shell, text, { firstLine: 1, keepStatus: true })
    } catch (jump) {
      if (jump instanceof ExitJump) return jump.status
      if (jump instanceof Interrupt) shell.status = 130
      else if (!(jump instanceof LoopJump || jump instanceof ReturnJump)) throw jump
    }
    shell.jobs.takeReports()
    queue.finish(shell.status)
  }
}

function callbackFile(callback: (text: string) => void): OpenFile {
  /* eslint-disable require-yield */
  return {
    *read() {
      return null
    },
    *write(text) {
      callback(text)
    },
    close() {},
  }
}
