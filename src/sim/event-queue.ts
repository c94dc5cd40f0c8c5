/** A thing that will happen. Cancelling twice, or after it happened, does nothing. */
export interface Timer {
  readonly dueAt: number
  cancel(): void
}

class Entry implements Timer {
  readonly dueAt: number
  readonly sequence: number
  run: (() => void) | undefined
  readonly #cancelled: () => void

  constructor(dueAt: number, sequence: number, run: () => void, cancelled: () => void) {
    this.dueAt = dueAt
    this.sequence = sequence
    this.run = run
    this.#cancelled = cancelled
  }

  cancel(): void {
    if (!this.run) return
    this.run = undefined
    this.#cancelled()
  }
}

/**
 * Events ordered by `(dueAt, sequence)`: of two due at the same time the one scheduled first runs first, so a
 * run never depends on how the heap happens to lie. A binary heap; cancelled entries stay until they surface,
 * and are swept out once they are the majority.
 */
export class EventQueue {
  #heap: Entry[] = []
  #sequence = 0
  #cancelled = 0
  #ran = 0
  readonly #noteCancelled = () => {
    this.#cancelled++
    if (this.#cancelled > 1024 && this.#cancelled * 2 > this.#heap.length) this.#sweep()
  }

  get ranCount(): number {
    return this.#ran
  }

  get nextDueAt(): number | undefined {
    this.#dropCancelled()
    return this.#heap[0]?.dueAt
  }

  add(dueAt: number, run: () => void): Timer {
    const entry = new Entry(dueAt, this.#sequence++, run, this.#noteCancelled)
    this.#heap.push(entry)
    this.#siftUp(this.#heap.length - 1)
    return entry
  }

  runNext(): void {
    this.#dropCancelled()
    const entry = this.#pop()
    const run = entry?.run
    if (!entry || !run) return
    entry.run = undefined
    this.#ran++
    run()
  }

  #dropCancelled(): void {
    while (this.#heap[0] && !this.#heap[0].run) {
      this.#pop()
      this.#cancelled--
    }
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((entry) => entry.run)
    this.#cancelled = 0
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) this.#siftDown(index)
  }

  #pop(): Entry | undefined {
    const top = this.#heap[0]
    const last = this.#heap.pop()
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#siftDown(0)
    }
    return top
  }

  #siftUp(start: number): void {
    const heap = this.#heap
    const entry = heap[start]!
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(entry, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = entry
  }

  #siftDown(start: number): void {
    const heap = this.#heap
    const entry = heap[start]!
    let index = start
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, entry)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = entry
  }
}

const before = (a: Entry, b: Entry): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence)
