import type { Terminal } from '../../process.ts'

/** Where the cursor stands, counted from the start of the prompt. */
interface Spot {
  readonly row: number
  readonly column: number
}

/** Keeps prompt and line on the screen, wrapped at its width, with as little output as typing needs. */
export class Display {
  readonly #terminal: Terminal
  #prompt = ''
  #cursorRow = 0
  /** What stands on the screen after the prompt, when the cursor is at its end. */
  #shownAtEnd: string | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** A terminal that does not know its width is taken for the usual one. */
  get #columns(): number {
    return this.#terminal.columns || 80
  }

  /** Begins a new line of input. */
  start(prompt: string): string {
    // The lines of a prompt before its last one are printed once and then left alone.
    const lastLine = prompt.lastIndexOf('\n') + 1
    this.#prompt = prompt.slice(lastLine)
    this.#cursorRow = 0
    this.#shownAtEnd = undefined
    return prompt.slice(0, lastLine) + this.render('', '')
  }

  /** What to print so that the screen shows the line with its cursor. */
  render(before: string, after: string, prompt = this.#prompt): string {
    const appended = this.#appended(before, after, prompt)
    if (appended !== undefined) return appended
    const columns = this.#columns
    const clear = `${this.#cursorRow > 0 ? `\x1b[${this.#cursorRow}A` : ''}\r\x1b[J`
    const at = measure(prompt + before, columns)
    const end = measure(prompt + before + after, columns)
    // A line that ends at the right edge leaves the cursor there: a blank takes it to the next row.
    const wrap = end.column === 0 && !(before + after).endsWith('\n') && end.row > 0 ? ' \r' : ''
    const up = end.row - at.row
    const back =
      after === '' ? '' : `${up > 0 ? `\x1b[${up}A` : ''}\r${at.column > 0 ? `\x1b[${at.column}C` : ''}`
    this.#cursorRow = at.row
    this.#shownAtEnd = after === '' && prompt === this.#prompt ? before : undefined
    return clear + prompt + before + after + wrap + back
  }

  /** Leaves the line: the cursor goes below it. */
  finish(before: string, after: string): string {
    return `${after === '' ? '' : this.render(before + after, '')}\n`
  }

  /** Forgets where the prompt stood, because something else was printed below it. */
  moved(): void {
    this.#cursorRow = 0
    this.#shownAtEnd = undefined
  }

  /** Typing at the end of a line that does not wrap needs no more than the characters. */
  #appended(before: string, after: string, prompt: string): string | undefined {
    const shown = this.#shownAtEnd
    if (shown === undefined || after !== '' || prompt !== this.#prompt) return undefined
    if (before.length - shown.length > 64 || !before.startsWith(shown)) return undefined
    const added = before.slice(shown.length)
    if (!/^[ -~]*$/.test(added)) return undefined
    const { column } = measure(this.#prompt + shown, this.#columns)
    if (column + added.length >= this.#columns) return undefined
    this.#shownAtEnd = before
    return added
  }
}

/** Where the cursor is after `text`, escape sequences not counted. */
function measure(text: string, columns: number): Spot {
  let row = 0
  let column = 0
  for (const character of text.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\x01\x02]/g, '')) {
    if (character === '\n') {
      row++
      column = 0
      continue
    }
    const width = widthOf(character)
    if (column + width > columns) {
      row++
      column = 0
    }
    column += width
    if (column === columns) {
      row++
      column = 0
    }
  }
  return { row, column }
}

/** Columns that a character takes: East Asian wide characters and emoji two, combining marks none. */
export function widthOf(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x300) return 1
  if (/\p{M}/u.test(character) || code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f)) return 0
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? 2 : 1
}
