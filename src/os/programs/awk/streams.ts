import { SystemError, type Blocking, type OpenFile, type Process } from '../../process.ts'
import { compileRegex } from '../regex.ts'
import { Lines, openInput, type Input } from '../input.ts'
import { captureShell, filesWith, startCommand } from '../run.ts'
import type { Tool } from '../tool.ts'
import type { Variables } from './variables.ts'
import { fromInput } from './values.ts'
import { unescapeString } from './lexer.ts'

/** What an awk program reads and writes: the main input, its output, and the files and commands it names. */
export class AwkStreams {
  readonly process: Process
  readonly #tool: Tool
  readonly #arguments: string[]
  readonly #readers = new Map<string, RecordReader>()
  readonly #writers = new Map<string, { readonly file: OpenFile; readonly pid?: number }>()
  #main: RecordReader | undefined
  #usedArgument = false

  constructor(tool: Tool, args: readonly string[]) {
    this.#tool = tool
    this.process = tool.process
    this.#arguments = [...args]
  }

  /** The next record of the files named on the command line; `name=value` among them sets a variable on its way. */
  *mainRecord(awk: Variables): Blocking<string | undefined> {
    for (;;) {
      if (!this.#main) {
        const input = yield* this.#nextInput(awk)
        if (!input) return undefined
        this.#main = new RecordReader(input)
        awk.setVariable('FNR', 0)
        awk.setVariable('FILENAME', input.name === '-' ? '' : input.name)
      }
      if (this.#main.mayWait) yield* this.#tool.flush()
      const record = yield* this.#main.next(awk.text('RS'))
      if (record !== undefined) return record
      this.#main = undefined
    }
  }

  *recordFrom(kind: 'file' | 'command', name: string, separator: string): Blocking<string | undefined> {
    let reader = this.#readers.get(name)
    if (!reader) {
      yield* this.flush()
      const text = kind === 'command' ? (yield* captureShell(this.process, name)).text : undefined
      reader = new RecordReader(text === undefined ? openInput(this.process, name) : textInput(name, text))
      this.#readers.set(name, reader)
    }
    return yield* reader.next(separator)
  }

  print(text: string): Blocking<void> {
    return this.#tool.print(text)
  }

  *printTo(to: '>' | '>>' | '|', name: string, text: string): Blocking<void> {
    if (name === '/dev/stdout') return yield* this.print(text)
    if (name === '/dev/stderr') return yield* this.process.printError(text)
    let writer = this.#writers.get(name)
    if (!writer) {
      yield* this.flush()
      if (to === '|') writer = this.#pipeTo(name)
      else writer = { file: this.process.open(name, to === '>' ? 'write' : 'append') }
      this.#writers.set(name, writer)
    }
    yield* writer.file.write(text)
  }

  *system(command: string): Blocking<number> {
    yield* this.flush()
    const child = startCommand(this.process, ['sh', '-c', command])
    return (yield* this.process.waitFor(child.pid)).status.code
  }

  /** @returns the exit code of a command, 0 of a file, -1 for what was not open */
  *close(name: string): Blocking<number> {
    const writer = this.#writers.get(name)
    this.#writers.delete(name)
    const known = writer !== undefined || this.#readers.delete(name)
    if (!writer) return known ? 0 : -1
    writer.file.close()
    if (writer.pid === undefined) return 0
    return (yield* this.process.waitFor(writer.pid)).status.code
  }

  flush(): Blocking<void> {
    return this.#tool.flush()
  }

  *closeAll(): Blocking<void> {
    yield* this.flush()
    for (const name of [...this.#writers.keys()]) yield* this.close(name)
  }

  #pipeTo(command: string): { readonly file: OpenFile; readonly pid: number } {
    const { reader, writer } = this.process.pipe()
    const child = startCommand(this.process, ['sh', '-c', command], {
      files: filesWith(this.process, { 0: reader }),
    })
    return { file: writer, pid: child.pid }
  }

  *#nextInput(awk: Variables): Blocking<Input | undefined> {
    for (let argument = this.#arguments.shift(); argument !== undefined; argument = this.#arguments.shift()) {
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(argument)
      if (assignment) {
        awk.setVariable(assignment[1]!, fromInput(unescapeString(assignment[2]!)))
        continue
      }
      this.#usedArgument = true
      try {
        return openInput(this.process, argument)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        const text = this.#tool.busybox
          ? `${argument}: ${error.message}`
          : `cannot open ${argument} (${error.message})`
        yield* this.#tool.complain(text, 2)
      }
    }
    if (this.#usedArgument) return undefined
    this.#usedArgument = true
    return openInput(this.process, '-')
  }
}

/** Cuts text into records by RS: a character, nothing (paragraphs), or a pattern. */
class RecordReader {
  readonly #input: Input
  readonly #lines: Lines
  readonly mayWait: boolean
  #rest: string | undefined

  constructor(input: Input) {
    this.#input = input
    this.#lines = new Lines(input)
    this.mayWait = input.name === '-'
  }

  *next(separator: string): Blocking<string | undefined> {
    if (separator === '\n') return (yield* this.#lines.next()) ?? undefined
    if (this.#rest === undefined) {
      this.#rest = this.#lines.rest()
      for (let chunk = yield* this.#input.read(); chunk !== null; chunk = yield* this.#input.read())
        this.#rest += chunk
    }
    if (separator === '') this.#rest = this.#rest.replace(/^\n+/, '')
    if (this.#rest === '') return undefined
    const match = (
      separator === ''
        ? /\n\n+/
        : separator.length === 1
          ? new RegExp(
              `[${separator === '^' ? '\\^' : separator === ']' || separator === '\\' ? `\\${separator}` : separator}]`,
            )
          : compileRegex(separator, { extended: true })
    ).exec(this.#rest)
    const record = match ? this.#rest.slice(0, match.index) : this.#rest.replace(/\n$/, '')
    this.#rest = match ? this.#rest.slice(match.index + match[0].length) : ''
    return record
  }
}

function textInput(name: string, text: string): Input {
  let given = false
  return {
    name,

    *read() {
      if (given || text === '') return null
      given = true
      return text
    },
  }
}
