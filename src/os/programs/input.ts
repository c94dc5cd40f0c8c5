import { SystemError, type Blocking, type Process } from '../process.ts'
import type { OpenWords, Tool } from './tool.ts'

/** Something to read: a file, or standard input under the name `-`. */
export interface Input {
  readonly name: string
  /** The next text, null at the end. */
  read(): Blocking<string | null>
}

/** @throws SystemError ENOENT, EISDIR ... */
export function openInput(process: Process, name: string): Input {
  if (name === '-') return { name, read: () => process.read(0) }
  const file = process.open(name, 'read')
  return {
    name,
    *read() {
      yield* process.compute()
      return yield* file.read()
    },
  }
}

/** The whole text of a file or of standard input. @throws SystemError */
export function* readInput(process: Process, name: string): Blocking<string> {
  const input = openInput(process, name)
  const chunks: string[] = []
  for (let size = 0; ;) {
    const chunk = yield* input.read()
    if (chunk === null) return chunks.join('')
    chunks.push(chunk)
    process.holds((size += chunk.length))
  }
}

/** Visits each named file, or standard input when none is named; complains about those that cannot be read. */
export function* eachInput(
  tool: Tool,
  visit: (input: Input, index: number) => Blocking<void>,
  options: OpenWords & { readonly names?: readonly string[] } = {},
): Blocking<void> {
  const names = options.names ?? (tool.operands.length > 0 ? tool.operands : ['-'])
  for (const [index, name] of names.entries()) {
    try {
      yield* visit(openInput(tool.process, name), index)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* tool.complainOpen(name, error, options)
    }
  }
}

/** Lines one at a time, for tools that wait between them. */
export class Lines {
  readonly #input: Input
  #buffer: string[] = []
  #partial = ''
  #ended = false
  /** Whether the line given last ended in a newline. */
  terminated = true

  constructor(input: Input) {
    this.#input = input
  }

  /** The next line without its newline, null at the end. */
  *next(): Blocking<string | null> {
    while (this.#buffer.length === 0 && !this.#ended) {
      const chunk = yield* this.#input.read()
      if (chunk === null) this.#ended = true
      else {
        const lines = (this.#partial + chunk).split('\n')
        this.#partial = lines.pop()!
        this.#buffer = lines.reverse()
      }
    }
    const line = this.#buffer.pop()
    if (line !== undefined) return line
    if (this.#partial === '') return null
    const last = this.#partial
    this.#partial = ''
    this.terminated = false
    return last
  }

  /** What was read but not taken, for `unread`. */
  rest(): string {
    const lines = [...this.#buffer].reverse()
    this.#buffer = []
    const text = lines.map((line) => `${line}\n`).join('') + this.#partial
    this.#partial = ''
    return text
  }
}

/**
 * Calls `visit` with each line as it comes. Whatever `visit` puts into the tool's output goes out whenever the input
 * makes us wait, so that pipelines stream. `visit` may return false to stop.
 */
export function* forEachLine(
  tool: Tool,
  input: Input,
  visit: (line: string, terminated: boolean) => boolean | void,
): Blocking<void> {
  let partial = ''
  for (;;) {
    const chunk = yield* input.read()
    if (chunk === null) break
    let from = 0
    let end: number
    let sinceYield = 0
    while ((end = chunk.indexOf('\n', from)) >= 0) {
      const line = partial + chunk.slice(from, end)
      partial = ''
      from = end + 1
      if (visit(line, true) === false) return
      if (++sinceYield % 500 === 0) {
        yield* tool.process.compute()
        if (tool.pendingSize > 8192) yield* tool.flush()
      }
    }
    partial += chunk.slice(from)
    yield* tool.flush()
  }
  if (partial !== '') visit(partial, false)
}

/** All lines of a text; a last line without newline counts. */
export function splitLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
