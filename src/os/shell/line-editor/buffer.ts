/** Beyond this many characters the middle of the line is not shown. */
const MAX_SHOWN = 16_384
const EXCERPT = 1000

/** The line being edited: what is before the cursor and what is after it. */
export class Buffer {
  after = ''
  #before = ''
  /** What was inserted since somebody last looked at it whole: a megabyte that comes in pieces is put together once. */
  #inserted: string[] = []
  #insertedSize = 0
  #killed = ''

  get before(): string {
    if (this.#inserted.length > 0) this.before = this.#before + this.#inserted.join('')
    return this.#before
  }

  set before(text: string) {
    this.#before = text
    this.#inserted = []
    this.#insertedSize = 0
  }

  /** Before and after the cursor as they are shown: of a very long line its ends. */
  get shown(): [string, string] {
    const size = this.#before.length + this.#insertedSize
    if (size + this.after.length <= MAX_SHOWN) return [this.before, this.after]
    const before = size <= 2 * EXCERPT ? this.before : shortened(this.#start(), size, this.#end())
    const { length } = this.after
    const after =
      length <= 2 * EXCERPT
        ? this.after
        : shortened(this.after.slice(0, EXCERPT), length, this.after.slice(-EXCERPT))
    return [before, after]
  }

  #start(): string {
    return this.#before.length >= EXCERPT ? this.#before.slice(0, EXCERPT) : this.before.slice(0, EXCERPT)
  }

  #end(): string {
    const last = this.#inserted.at(-1) ?? this.#before
    return last.length >= EXCERPT ? last.slice(-EXCERPT) : this.before.slice(-EXCERPT)
  }

  get text(): string {
    return this.before + this.after
  }

  set(text: string): void {
    this.before = text
    this.after = ''
  }

  insert(text: string): void {
    if (this.#before.length < EXCERPT) {
      this.before += text
      return
    }
    this.#inserted.push(text)
    this.#insertedSize += text.length
  }

  moveBy(characters: number): void {
    for (let step = 0; step < Math.abs(characters); step++) {
      if (characters < 0) this.#splitAt(this.before.length - lastLength(this.before))
      else this.#splitAt(this.before.length + firstLength(this.after))
    }
  }

  moveToStart(): void {
    this.#splitAt(0)
  }

  moveToEnd(): void {
    this.#splitAt(this.before.length + this.after.length)
  }

  moveWord(direction: -1 | 1): void {
    this.#splitAt(direction < 0 ? wordStart(this.before) : this.before.length + wordEnd(this.after))
  }

  deleteBackward(): void {
    this.before = this.before.slice(0, this.before.length - lastLength(this.before))
  }

  deleteForward(): void {
    this.after = this.after.slice(firstLength(this.after))
  }

  killToEnd(): void {
    this.#killed = this.after
    this.after = ''
  }

  killToStart(): void {
    this.#killed = this.before
    this.before = ''
  }

  /** ^W: back to white space. M-backspace: back to the start of a word. */
  killBackward(unit: 'blank' | 'word'): void {
    const start = unit === 'word' ? wordStart(this.before) : this.before.replace(/\S+\s*$/, '').length
    this.#killed = this.before.slice(start)
    this.before = this.before.slice(0, start)
  }

  killWordForward(): void {
    const end = wordEnd(this.after)
    this.#killed = this.after.slice(0, end)
    this.after = this.after.slice(end)
  }

  yank(): void {
    this.insert(this.#killed)
  }

  /** ^T: exchanges the characters around the cursor. */
  transpose(): void {
    if (this.after !== '') this.moveBy(1)
    const pair = [...this.before].slice(-2)
    if (pair.length === 2) this.before = this.before.slice(0, -pair.join('').length) + pair[1]! + pair[0]!
  }

  #splitAt(index: number): void {
    const { text } = this
    this.before = text.slice(0, index)
    this.after = text.slice(index)
  }
}

const shortened = (start: string, length: number, end: string) =>
  `${start}\n[... ${length - 2 * EXCERPT} characters ...]\n${end}`

const firstLength = (text: string) => (text === '' ? 0 : String.fromCodePoint(text.codePointAt(0)!).length)

function lastLength(text: string): number {
  const isPair = /[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(-2))
  return Math.min(text.length, isPair ? 2 : 1)
}

function wordStart(text: string): number {
  let at = text.length
  while (at > 0 && !isWord(text[at - 1]!)) at--
  while (at > 0 && isWord(text[at - 1]!)) at--
  return at
}

function wordEnd(text: string): number {
  let at = 0
  while (at < text.length && !isWord(text[at]!)) at++
  while (at < text.length && isWord(text[at]!)) at++
  return at
}

const isWord = (character: string) => /[\p{L}\p{N}]/u.test(character)
