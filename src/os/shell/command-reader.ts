import { parseProgram } from './parse.ts'

/**
 * Puts lines together to whole commands. While something is open (a quote, a here-document, `do` without `done`) the
 * text is parsed anew only when a line could close it, so that a megabyte inside of a quote costs no more than its size.
 */
export class CommandReader {
  #lines: string[] = []
  #size = 0
  /** What a line must hold before it is worth parsing again. */
  #awaited: ((line: string) => boolean) | undefined

  /** Whether a command has begun that is not whole yet. */
  get pending(): boolean {
    return this.#lines.length > 0
  }

  /** How many characters the command has that is not whole yet. */
  get size(): number {
    return this.#size
  }

  /** @returns the text of a whole command, once there is one */
  add(line: string): string | undefined {
    this.#lines.push(line)
    this.#size += line.length + 1
    if (this.#awaited && !this.#awaited(line)) return undefined
    const text = `${this.#lines.join('\n')}\n`
    const { problem } = parseProgram(text)
    if (!problem?.incomplete) return this.#take(text)
    this.#awaited = closerOf(problem.token, text, problem.position)
    return undefined
  }

  /** What is left at the end of the input, whole or not. */
  finish(): string | undefined {
    return this.pending ? this.#take(`${this.#lines.join('\n')}\n`) : undefined
  }

  /** Forgets what was begun: ^C. */
  reset(): void {
    this.#lines = []
    this.#size = 0
    this.#awaited = undefined
  }

  #take(text: string): string {
    this.reset()
    return text
  }
}

function closerOf(token: string, text: string, position: number): ((line: string) => boolean) | undefined {
  if (token === '"' || token === "'" || token === '`' || token === ')' || token === '}')
    return (line) => line.includes(token)
  if (token !== 'here-document') return undefined
  const delimiter = /^\d*<<-?\s*(\S+)/.exec(text.slice(position))?.[1]?.replace(/['"\\]/g, '')
  return delimiter === undefined ? undefined : (line) => line.replace(/^\t+/, '') === delimiter
}
