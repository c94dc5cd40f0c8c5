import { SystemError, type Blocking } from '../process.ts'
import { openInput, Lines, type Input } from './input.ts'
import { SedError, parseSed, type Command } from './sed-script.ts'
import { SedMachine } from './sed-machine.ts'
import { tool, ToolExit, type Tool } from './tool.ts'
import { resolvePath } from '../path.ts'

export const sed = tool({
  name: 'sed',
  usage: '[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...',
  about: 'Edits text line by line.',
  short: 'nEre:f:i::s',
  long: {
    quiet: 'n',
    silent: 'n',
    'regexp-extended': 'E',
    expression: 'e',
    file: 'f',
    'in-place': 'i',
    separate: 's',
  },
  *run(tool: Tool) {
    const { options, process } = tool
    const operands = [...tool.operands]
    const parts = options.given.flatMap(({ key, value }) =>
      key === 'e'
        ? [value]
        : key === 'f'
          ? [process.machine.files.read(resolvePath(process.cwd, value))]
          : [],
    )
    if (parts.length === 0) {
      const script = operands.shift()
      if (script === undefined) usage(tool)
      parts.push(script)
    }
    const script = parse(tool, parts.join('\n'))
    const names = operands.length > 0 ? operands : ['-']
    if (!options.has('i')) return yield* edit(tool, script, names, (text) => tool.put(text))
    for (const name of names) {
      let text = ''
      const code = yield* edit(tool, script, [name], (more) => (text += more))
      const path = resolvePath(process.cwd, name)
      const suffix = options.get('i')!
      if (process.machine.files.stat(path)?.type !== 'file') continue
      if (suffix !== '') process.machine.files.write(`${path}${suffix}`, process.machine.files.read(path))
      process.machine.files.write(path, text)
      if (code !== 0) tool.status = code
    }
    return tool.status
  },
})

function usage(tool: Tool): never {
  if (tool.busybox) tool.usageError()
  throw new ToolExit(1, 'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n')
}

function parse(tool: Tool, text: string): readonly Command[] {
  try {
    return parseSed(text, tool.options.has('E') || tool.options.has('r'))
  } catch (error) {
    if (!(error instanceof SedError)) throw error
    if (tool.busybox) tool.fail(busyboxMessage(error.message))
    return tool.fail(`-e expression #1, char ${error.at}: ${error.message}`)
  }
}

const BUSYBOX_MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/^unknown command: `(.)'/, 'unsupported command $1'],
  [/^unterminated `s' command/, "unmatched '/'"],
  [/^unterminated address regex/, "unmatched '/'"],
  [/^unknown option to `s'/, 'bad option in substitution expression'],
]

function busyboxMessage(message: string): string {
  const known = BUSYBOX_MESSAGES.find(([pattern]) => pattern.test(message))
  return known ? message.replace(known[0], known[1]) : message
}

/** Runs the script over the files as one stream. Only where `$` must know the last line is one read ahead. */
function* edit(
  tool: Tool,
  script: readonly Command[],
  names: readonly string[],
  put: (text: string) => void,
): Blocking<number> {
  const { process } = tool
  const source = new Stream(tool, names)
  const pending: string[] = []
  const machine = new SedMachine(script, {
    quiet: tool.options.has('n'),
    put: (text) => void pending.push(text),
    readFile: (path) => {
      const absolute = resolvePath(process.cwd, path)
      return process.machine.files.stat(absolute)?.type === 'file' ? process.machine.files.read(absolute) : ''
    },
    writeFile: (path, text) => {
      if (path === '/dev/stdout') pending.push(text)
      else process.machine.files.write(resolvePath(process.cwd, path), text, { append: true })
    },
    nextLine: () => source.takeAhead(),
    compute: () => process.compute(0.02),
  })
  const readsOn = someCommand(script, ({ name }) => name === 'n' || name === 'N')
  const knowsLast =
    readsOn || someCommand(script, ({ from, to }) => from?.kind === 'last' || to?.kind === 'last')
  for (let going = true; going;) {
    if (!source.ahead) yield* source.advance()
    if (!source.ahead) break
    // n and N want lines in the middle of a cycle: then everything is read beforehand.
    if (readsOn) yield* source.readAll()
    const { line } = source.ahead
    source.ahead = undefined
    if (knowsLast) yield* source.advance()
    going = yield* machine.feed(line, knowsLast && !source.ahead)
    const text = pending.splice(0).join('')
    put(!source.ahead && !source.terminated ? text.replace(/\n$/, '') : text)
    if (source.mayBlock || tool.pendingSize > 8192) yield* tool.flush()
  }
  return machine.exitCode || tool.status
}

function someCommand(script: readonly Command[], test: (command: Command) => boolean): boolean {
  return script.some(
    (command) => test(command) || (command.block !== undefined && someCommand(command.block, test)),
  )
}

class Stream {
  readonly #tool: Tool
  readonly #names: string[]
  #lines: Lines | undefined
  #all: string[] | undefined
  #ended = false
  /** The line after the one at work, where it is known. */
  ahead: { readonly line: string } | undefined
  terminated = true
  mayBlock = false

  constructor(tool: Tool, names: readonly string[]) {
    this.#tool = tool
    this.#names = [...names]
  }

  *advance(): Blocking<void> {
    const line = this.#all ? this.#all.shift() : yield* this.#read()
    this.ahead = line === undefined ? undefined : { line }
  }

  *readAll(): Blocking<void> {
    if (this.#all) return
    const all: string[] = []
    for (let line = yield* this.#read(); line !== undefined; line = yield* this.#read()) all.push(line)
    this.#all = all
  }

  /** For n and N, after `readAll`. */
  takeAhead(): { readonly line: string; readonly last: boolean } | undefined {
    if (!this.ahead) return undefined
    const { line } = this.ahead
    const next = this.#all?.shift()
    this.ahead = next === undefined ? undefined : { line: next }
    return { line, last: !this.ahead }
  }

  *#read(): Blocking<string | undefined> {
    while (!this.#ended) {
      if (!this.#lines) {
        const input = yield* this.#open()
        if (!input) break
        this.mayBlock = input.name === '-'
        this.#lines = new Lines(input)
      }
      const line = yield* this.#lines.next()
      if (line !== null) {
        this.terminated = this.#lines.terminated
        return line
      }
      this.#lines = undefined
    }
    this.#ended = true
    return undefined
  }

  *#open(): Blocking<Input | undefined> {
    for (let name = this.#names.shift(); name !== undefined; name = this.#names.shift()) {
      try {
        return openInput(this.#tool.process, name)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        const { busybox } = this.#tool
        const text =
          error.code === 'EISDIR'
            ? `couldn't edit ${name}: not a regular file`
            : `can't read ${name}: ${error.message}`
        yield* this.#tool.complain(busybox ? `${name}: ${error.message}` : text, busybox ? 1 : 2)
      }
    }
    return undefined
  }
}
