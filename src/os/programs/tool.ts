import { SystemError, type Blocking, type Process } from '../process.ts'
import { parseOptions, UsageError, type OptionSpec, type Options } from './options.ts'
import { BUSYBOX_BANNER, type Userland, type UserlandProgram } from './userland.ts'

/** Declares a tool: its options as data, what it does as a blocking function that gives the exit code. */
export interface ToolSpec extends OptionSpec {
  readonly name: string
  /** What comes after the name in busybox's `Usage:` line, and in the GNU tool's `--help`. */
  readonly usage: string
  /** One sentence for `--help`. */
  readonly about?: string
  /** Exit code for a command line that is not understood. Default 1. */
  readonly usageCode?: number
  /** Options of the busybox applet where they differ. */
  readonly busybox?: OptionSpec
  /** Takes arguments as they are (`echo`, `expr`, `test`): nothing is parsed, `--help` means nothing. */
  readonly raw?: boolean
  /** Rewrites old forms, such as `head -5`, before parsing. */
  readonly rewrite?: (args: readonly string[]) => readonly string[]
  run(tool: Tool): Blocking<number | void>
}

/** How a tool words a failed open: `x: No such file`, or longer. */
export interface OpenWords {
  readonly gnu?: 'plain' | 'cannot open' | 'cannot read'
  readonly busybox?: 'plain' | "can't open"
}

/** Ends a tool from anywhere in it, with a message where there is one to print. */
export class ToolExit extends Error {
  readonly code: number
  constructor(code: number, message = '') {
    super(message)
    this.code = code
  }
}

/** One run of a tool: its command line, its output, and what has gone wrong so far. */
export class Tool {
  readonly process: Process
  readonly userland: Userland
  readonly name: string
  readonly options: Options
  readonly operands: readonly string[]
  readonly spec: ToolSpec
  /** The exit code if nothing else decides it. */
  status = 0
  #pending: string[] = []
  #pendingSize = 0

  constructor(
    process: Process,
    userland: Userland,
    spec: ToolSpec,
    options: Options,
    operands: readonly string[],
  ) {
    this.process = process
    this.userland = userland
    this.name = spec.name
    this.spec = spec
    this.options = options
    this.operands = operands
  }

  get busybox(): boolean {
    return this.userland === 'busybox'
  }

  /** Queues output; it goes out with the next `flush`, or when the tool ends. */
  put(text: string): void {
    this.#pending.push(text)
    this.#pendingSize += text.length
  }

  get pendingSize(): number {
    return this.#pendingSize
  }

  *flush(): Blocking<void> {
    if (this.#pendingSize === 0) return
    const text = this.#pending.join('')
    this.#pending = []
    this.#pendingSize = 0
    yield* this.process.print(text)
  }

  *print(text: string): Blocking<void> {
    this.put(text)
    if (this.#pendingSize > 8192) yield* this.flush()
  }

  /** Prints `name: text` to standard error and makes the exit code 1 (or `code`). */
  *complain(text: string, code = 1): Blocking<void> {
    yield* this.flush()
    yield* this.process.printError(`${this.name}: ${text}\n`)
    this.status = code
  }

  /** The message of a file that cannot be read. */
  *complainOpen(path: string, error: SystemError, words: OpenWords = {}): Blocking<void> {
    if (this.busybox) {
      const subject = words.busybox === "can't open" ? `can't open '${path}'` : path
      return yield* this.complain(`${error.code === 'EISDIR' ? 'read error' : subject}: ${error.message}`)
    }
    if (words.gnu === 'cannot read') return yield* this.complain(`cannot read: ${path}: ${error.message}`)
    const cannot = error.code === 'EISDIR' ? `error reading '${path}'` : `cannot open '${path}' for reading`
    yield* this.complain(`${words.gnu === 'cannot open' ? cannot : path}: ${error.message}`)
  }

  /** Ends the tool with a message of its own. */
  fail(text: string, code = 1): never {
    throw new ToolExit(code, `${this.name}: ${text}\n`)
  }

  /** Ends the tool as a wrong command line does: the message, then the hint (GNU) or the usage (busybox). */
  usageError(message?: string): never {
    throw new ToolExit(this.spec.usageCode ?? 1, usageText(this.spec, this.userland, message))
  }
}

/** Makes the program of a declared tool, for either userland. */
export function tool(spec: ToolSpec): UserlandProgram {
  return function* (process, userland) {
    try {
      const { options, operands } = readArguments(spec, userland, process.argv.slice(1))
      if (options.has('help')) {
        yield* process.print(helpText(spec, userland))
        return 0
      }
      const run = new Tool(process, userland, spec, options, operands)
      try {
        const code = (yield* spec.run(run)) ?? run.status
        yield* run.flush()
        return code
      } catch (error) {
        if (error instanceof ToolExit || error instanceof SystemError) yield* run.flush()
        throw error
      }
    } catch (error) {
      if (!(error instanceof ToolExit)) throw error
      if (error.message !== '') yield* process.printError(error.message)
      return error.code
    }
  }
}

function readArguments(spec: ToolSpec, userland: Userland, args: readonly string[]) {
  if (spec.raw) return { options: parseOptions({ short: '' }, []).options, operands: args }
  const own = (userland === 'busybox' && spec.busybox) || spec
  try {
    const rewritten = spec.rewrite ? spec.rewrite(args) : args
    return parseOptions({ short: own.short, long: { ...own.long, help: 'help' } }, rewritten)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new ToolExit(spec.usageCode ?? 1, usageText(spec, userland, error.message))
  }
}

function usageText(spec: ToolSpec, userland: Userland, message: string | undefined): string {
  const line = message === undefined ? '' : `${spec.name}: ${message}\n`
  if (userland === 'busybox') return `${line}${helpText(spec, userland)}`
  return `${line}Try '${spec.name} --help' for more information.\n`
}

function helpText(spec: ToolSpec, userland: Userland): string {
  const about = spec.about ? `\n${spec.about}\n` : ''
  if (userland === 'gnu') return `Usage: ${spec.name} ${spec.usage}\n${about}`
  return `${BUSYBOX_BANNER}\n\nUsage: ${spec.name} ${spec.usage}\n${about}`
}
