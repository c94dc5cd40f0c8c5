/**
 * Stands between a program that prints without end and a screen. Output is measured by what drawing it costs: a
 * character one, a line a hundred more, since the screen scrolls for each.
 */
const LINE_COST = 100
/** What is handed to the screen at once: drawn in a few ms, so that frames go on between two pieces. */
const PIECE_COST = 24_000
/** What may wait: about as much as a screen remembers. What is older would be scrolled out of it anyway. */
const MOST_WAITING = 2_000_000
/** Ends a line, and a colour, of which the rest is left out. */
const CUT = '\x1b[m\r\n'

interface Piece {
  readonly text: string
  readonly cost: number
}

/** Draws what is pushed, in its order, a piece when the one before is drawn. */
export class OutputQueue {
  readonly #draw: (text: string, done: () => void) => void
  #waiting: Piece[] = []
  #cost = 0
  #isDrawing = false

  constructor(draw: (text: string, done: () => void) => void) {
    this.#draw = draw
  }

  push(text: string): void {
    for (const piece of piecesOf(text.slice(-MOST_WAITING))) {
      this.#waiting.push(piece)
      this.#cost += piece.cost
    }
    this.#dropOldest()
    this.#drawNext()
  }

  /** Forgets what waits; a piece that is being drawn is drawn to its end. */
  clear(): void {
    this.#waiting = []
    this.#cost = 0
  }

  #dropOldest(): void {
    if (this.#cost <= MOST_WAITING) return
    let dropped = 0
    while (this.#cost > MOST_WAITING) this.#cost -= this.#waiting[dropped++]!.cost
    this.#waiting.splice(0, dropped)
    const first = this.#waiting[0]
    if (first) this.#waiting[0] = { ...first, text: CUT + first.text.slice(first.text.indexOf('\n') + 1) }
  }

  #drawNext(): void {
    if (this.#isDrawing) return
    const piece = this.#waiting.shift()
    if (!piece) return
    this.#cost -= piece.cost
    this.#isDrawing = true
    this.#draw(piece.text, () => {
      this.#isDrawing = false
      this.#drawNext()
    })
  }
}

function* piecesOf(text: string): Generator<Piece> {
  let start = 0
  let cost = 0
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf('\n', at) + 1 || text.length
    // A line too long for a piece is cut wherever the piece is full.
    const end = Math.min(lineEnd, at + PIECE_COST)
    cost += end - at + LINE_COST
    at = end
    if (cost < PIECE_COST && at < text.length) continue
    yield { text: text.slice(start, at), cost }
    start = at
    cost = 0
  }
}
