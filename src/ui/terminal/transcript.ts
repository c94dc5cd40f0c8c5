/**
 * What a terminal printed, as a list of commands with their answers: for screen readers and small screens. The stream is
 * played on a one-line screen (carriage returns, backspaces, erasures), which is all that a shell's line editing needs.
 */

export interface Entry {
  /** The prompt with what was typed; empty for what was printed before any prompt. */
  readonly command: string
  readonly output: readonly string[]
}

/** `learner@laptop:~$ `, `/ # `, `root@node-1:/# `. */
const PROMPT = /^(?:[\w.@-]+[:@][^\s]*|[\w/~.-]*|bash-[\d.]+)\s?[$#] /

/** Lines of a terminal's stream, as they stand after everything that overwrote them. */
export function linesOf(stream: string): string[] {
  const lines: string[] = []
  let line: string[] = []
  let column = 0
  const pattern = /\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07]*\x07|\x1b[=>()][0-9A-B]?|[\s\S]/g
  for (const [token, parameters = '', command] of stream.matchAll(pattern)) {
    const count = Number.parseInt(parameters, 10) || 1
    if (token === '\n') {
      lines.push(line.join('').trimEnd())
      line = []
      column = 0
    } else if (token === '\r') column = 0
    else if (token === '\b') column = Math.max(0, column - 1)
    else if (command === 'C') column += count
    else if (command === 'D') column = Math.max(0, column - count)
    else if (command === 'G') column = count - 1
    else if (command === 'K') line = parameters === '2' ? [] : line.slice(0, column)
    else if (command === 'J' && (parameters === '2' || parameters === '3')) lines.length = 0
    else if (token.length === 1 && token >= ' ') {
      while (line.length < column) line.push(' ')
      line[column++] = token
    }
  }
  return [...lines, line.join('')]
}

/** Gathers lines under the prompts that they answer. The last entry is the prompt that waits. */
export function entriesOf(stream: string): Entry[] {
  const entries: { command: string; output: string[] }[] = []
  for (const line of linesOf(stream)) {
    if (PROMPT.test(line.length > 0 ? `${line} ` : line)) entries.push({ command: line, output: [] })
    else if (entries.length > 0) entries.at(-1)!.output.push(line)
    else if (line !== '') entries.push({ command: '', output: [line] })
  }
  return entries
}

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const HEADINGS = /^[A-Z][A-Z-]*(\([A-Z]\))?( [A-Z][A-Z-]*)*(\s{2,}\S.*)$/

/** An answer taken apart: tables, and what stands before, between and after them as it was printed. */
export function partsOf(output: readonly string[]): (string | Table)[] {
  const parts: (string | Table)[] = []
  let text: string[] = []
  const endText = () => {
    if (text.some((line) => line !== '')) parts.push(text.join('\n'))
    text = []
  }
  for (let at = 0; at < output.length;) {
    const end = HEADINGS.test(output[at]!) ? tableEnd(output, at) : at
    const table = end > at ? tableIn(output.slice(at, end)) : undefined
    if (table) {
      endText()
      parts.push(table)
    } else text.push(output[at]!)
    at = table ? end : at + 1
  }
  endText()
  return parts
}

/** A table ends at an empty line, or at the headings of the next one. */
function tableEnd(output: readonly string[], start: number): number {
  let end = start + 1
  while (end < output.length && output[end] !== '' && !HEADINGS.test(output[end]!)) end++
  return end
}

/** Lines in columns under capital headings, as kubectl prints them; undefined when they are none. */
function tableIn(output: readonly string[]): Table | undefined {
  const [first = '', ...rest] = output
  const starts = [...first.matchAll(/(?:^|\s{2,})(?=\S)/g)].map((match) => match.index + match[0].length)
  const cut = (line: string) => starts.map((start, index) => line.slice(start, starts[index + 1]).trim())
  const rows = rest.filter((line) => line !== '')
  // Every column of every row must begin where its heading does.
  const isAligned = rows.every((row) =>
    starts.every((start) => start === 0 || start >= row.length || row[start - 1] === ' '),
  )
  return isAligned && rows.length > 0 ? { head: cut(first), rows: rows.map(cut) } : undefined
}
