/** How a worker ended, and how many inputs were safe in the log by then. */
export interface End {
  readonly cause: 'died' | 'hung' | 'rewound'
  readonly logged: number
}

/** One worker's life: `ended` resolves when it is over. */
export class Life {
  isOver = false
  readonly ended: Promise<End>
  #resolve!: (end: End) => void

  constructor() {
    this.ended = new Promise((resolve) => (this.#resolve = resolve))
  }

  end(end: End): void {
    this.isOver = true
    this.#resolve(end)
  }
}
