/**
 * Sorts in place as Go's `sort.Sort` does: pattern-defeating quicksort. It is not stable, and which of two equal
 * elements comes first can be seen in what `--sort-by` prints, so the choice of pivots and swaps follows Go's.
 */
export function goSort<T>(items: T[], isLess: (a: T, b: T) => boolean): void {
  new Sort(items, isLess).run()
}

/** Below this length elements are inserted one by one, which is stable. */
const INSERTION = 12
/** From this length on a pivot is the median of three medians. */
const NINTHER = 50
const MEDIAN_SWAPS = 12

const bitLength = (value: number): number => (value === 0 ? 0 : 32 - Math.clz32(value))

class Sort<T> {
  readonly #items: T[]
  readonly #isLess: (a: T, b: T) => boolean

  constructor(items: T[], isLess: (a: T, b: T) => boolean) {
    this.#items = items
    this.#isLess = isLess
  }

  run(): void {
    this.#quicksort(0, this.#items.length, bitLength(this.#items.length))
  }

  #less(i: number, j: number): boolean {
    return this.#isLess(this.#items[i]!, this.#items[j]!)
  }

  #swap(i: number, j: number): void {
    const item = this.#items[i]!
    this.#items[i] = this.#items[j]!
    this.#items[j] = item
  }

  #quicksort(from: number, to: number, badPivots: number): void {
    let [a, b, left] = [from, to, badPivots]
    let balanced = true
    let partitioned = true
    while (b - a > INSERTION) {
      if (left === 0) return this.#heapsort(a, b)
      if (!balanced) {
        this.#breakPattern(a, b)
        left--
      }
      let { pivot, pattern } = this.#choosePivot(a, b)
      if (pattern === 'falling') {
        for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j)
        pivot = b - 1 - (pivot - a)
        pattern = 'rising'
      }
      if (balanced && partitioned && pattern === 'rising' && this.#fewInsertions(a, b)) return
      // All that equals the element before this range comes first.
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot)
        continue
      }
      const length = b - a
      const { middle, untouched } = this.#partition(a, b, pivot)
      partitioned = untouched
      balanced = Math.min(middle - a, b - middle) >= Math.floor(length / 8)
      if (middle - a < b - middle) {
        this.#quicksort(a, middle, left)
        a = middle + 1
      } else {
        this.#quicksort(middle + 1, b, left)
        b = middle
      }
    }
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
  }

  #choosePivot(a: number, b: number): { pivot: number; pattern: 'rising' | 'falling' | 'none' } {
    const quarter = Math.floor((b - a) / 4)
    let swaps = 0
    const median = (...places: [number, number, number]): number => {
      const order = (i: number, j: number): void => {
        if (!this.#less(places[j]!, places[i]!)) return
        ;[places[i], places[j]] = [places[j]!, places[i]!]
        swaps++
      }
      order(0, 1)
      order(1, 2)
      order(0, 1)
      return places[1]
    }
    const around = (place: number): number => (b - a >= NINTHER ? median(place - 1, place, place + 1) : place)
    const [i, j, k] = [around(a + quarter), around(a + quarter * 2), around(a + quarter * 3)]
    const pivot = median(i, j, k)
    return { pivot, pattern: swaps === 0 ? 'rising' : swaps === MEDIAN_SWAPS ? 'falling' : 'none' }
  }

  /** What is smaller than the pivot goes left of it. */
  #partition(a: number, b: number, pivot: number): { middle: number; untouched: boolean } {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    let untouched = true
    for (;;) {
      while (i <= j && this.#less(i, a)) i++
      while (i <= j && !this.#less(j, a)) j--
      if (i > j) break
      untouched = false
      this.#swap(i++, j--)
    }
    this.#swap(j, a)
    return { middle: j, untouched }
  }

  /** What equals the pivot goes left; where the rest begins. */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (;;) {
      while (i <= j && !this.#less(a, i)) i++
      while (i <= j && this.#less(a, j)) j--
      if (i > j) return i
      this.#swap(i++, j--)
    }
  }

  /** Tries to finish what is nearly sorted: five elements out of place at most. */
  #fewInsertions(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.#less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < NINTHER) return false
      this.#swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1)
    }
    return false
  }

  /** Three swaps by a generator that is seeded with the length, so that no order is bad for ever. */
  #breakPattern(a: number, b: number): void {
    const length = b - a
    const mask = BigInt(2 ** bitLength(length) - 1)
    let random = BigInt(length)
    for (let i = 0; i < 3; i++) {
      random ^= BigInt.asUintN(64, random << 13n)
      random ^= random >> 7n
      random ^= BigInt.asUintN(64, random << 17n)
      const other = Number(random & mask)
      const index = a + Math.floor(length / 4) * 2 - 2 + i
      this.#swap(index, a + (other >= length ? other - length : other))
    }
  }

  #heapsort(a: number, b: number): void {
    const sink = (from: number, length: number): void => {
      for (let parent = from; 2 * parent + 1 < length;) {
        let child = 2 * parent + 1
        if (child + 1 < length && this.#less(a + child, a + child + 1)) child++
        if (!this.#less(a + parent, a + child)) return
        this.#swap(a + parent, a + child)
        parent = child
      }
    }
    const length = b - a
    for (let i = Math.floor((length - 1) / 2); i >= 0; i--) sink(i, length)
    for (let i = length - 1; i >= 0; i--) {
      this.#swap(a, a + i)
      sink(0, i)
    }
  }
}
