/** One thing that came from the keyboard. */
export type Key =
  /** Characters to insert; a paste may hold newlines. */
  | { readonly kind: 'text'; readonly text: string; readonly pasted: boolean }
  /** A control key or sequence, by the name that the bindings know it by: `C-a`, `M-b`, `up`. */
  | { readonly kind: 'command'; readonly name: string }

const PASTE_START = '\x1b[200~'
const PASTE_END = '\x1b[201~'

const SEQUENCES: ReadonlyMap<string, string> = new Map([
  ['[A', 'up'], ['[B', 'down'], ['[C', 'right'], ['[D', 'left'], ['OA', 'up'], ['OB', 'down'], ['OC', 'right'], ['OD', 'left'],
  ['[H', 'home'], ['[F', 'end'], ['OH', 'home'], ['OF', 'end'], ['[1~', 'home'], ['[4~', 'end'], ['[7~', 'home'], ['[8~', 'end'],
  ['[3~', 'delete'], ['[1;5C', 'M-f'], ['[1;5D', 'M-b'], ['[1;3C', 'M-f'], ['[1;3D', 'M-b'], ['[3;5~', 'M-d'], ['[5~', 'page-up'],
  ['[6~', 'page-down'], ['[2~', 'insert'], ['[Z', 'S-tab'],
]) // prettier-ignore

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
])

/** Takes text from a terminal apart into keys. Sequences may arrive in pieces. */
export class KeyDecoder {
  #text = ''
  #at = 0
  /** Pieces of a paste under way. */
  #paste: string[] | undefined

  feed(text: string): void {
    this.#text = this.#at < this.#text.length ? this.#text.slice(this.#at) + text : text
    this.#at = 0
  }

  /** What has not been decoded yet; it is forgotten here. */
  takeRest(): string {
    const rest = this.#text.slice(this.#at)
    this.#text = ''
    this.#at = 0
    return rest
  }

  /** The next key, or undefined when more text is needed. */
  next(): Key | undefined {
    if (this.#paste) return this.#pasted(this.#paste)
    if (this.#at >= this.#text.length) return undefined
    const character = this.#text[this.#at]!
    if (character === '\x1b') return this.#escape()
    if (character < ' ' || character === '\x7f') {
      this.#at++
      return {
        kind: 'command',
        name: NAMED.get(character) ?? `C-${String.fromCharCode(character.charCodeAt(0) + 96)}`,
      }
    }
    PLAIN.lastIndex = this.#at
    PLAIN.exec(this.#text)
    const text = this.#text.slice(this.#at, PLAIN.lastIndex)
    this.#at = PLAIN.lastIndex
    return { kind: 'text', text, pasted: false }
  }

  #escape(): Key | undefined {
    if (this.#text.startsWith(PASTE_START, this.#at)) {
      this.#at += PASTE_START.length
      return this.#pasted((this.#paste = []))
    }
    SEQUENCE.lastIndex = this.#at + 1
    const match = SEQUENCE.exec(this.#text)
    if (match) {
      this.#at = SEQUENCE.lastIndex
      return { kind: 'command', name: SEQUENCES.get(match[0]) ?? 'unknown' }
    }
    const next = this.#text[this.#at + 1]
    if (next === undefined || ((next === '[' || next === 'O') && this.#text.length - this.#at < 12))
      return undefined
    this.#at += 2
    return { kind: 'command', name: `M-${NAMED.get(next) ?? next.toLowerCase()}` }
  }

  #pasted(pieces: string[]): Key | undefined {
    const end = this.#text.indexOf(PASTE_END, this.#at)
    if (end < 0) {
      // The end mark may be cut in two: its beginning is kept back.
      const keep = partialEnd(this.#text, this.#at)
      pieces.push(this.#text.slice(this.#at, this.#text.length - keep))
      this.#at = this.#text.length - keep
      return undefined
    }
    pieces.push(this.#text.slice(this.#at, end))
    this.#at = end + PASTE_END.length
    this.#paste = undefined
    return { kind: 'text', text: pieces.join('').replace(/\r\n?/g, '\n'), pasted: true }
  }
}

const PLAIN = /[^\x00-\x1f\x7f]+/y
const SEQUENCE = /\[[0-9;]*[A-Za-z~]|O[A-Z]/y

function partialEnd(text: string, from: number): number {
  for (let length = Math.min(PASTE_END.length - 1, text.length - from); length > 0; length--) {
    if (text.endsWith(PASTE_END.slice(0, length))) return length
  }
  return 0
}
