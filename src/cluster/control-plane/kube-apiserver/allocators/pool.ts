import { AllocationError, type Allocator } from '../../../../api/allocators.ts'
import type { Random } from '../../../../sim/index.ts'

/** What a pool hands out: `size` values, of which the first `staticSize` are left to those who ask for them by name. */
export interface PoolOptions<V> {
  readonly size: number
  readonly staticSize: number
  readonly random: Random
  valueAt(offset: number): V
  /** Undefined when the value is not of this pool. */
  offsetOf(value: V): number | undefined
  readonly outside: (value: V) => string
  readonly taken: string
  readonly full: string
}

/**
 * Numbered values, allocated at random from the upper band, and only when that is full from the lower one, so that
 * values chosen by people (low ones, by convention) rarely collide with chosen by chance.
 */
export class Pool<V> implements Allocator<V> {
  readonly #options: PoolOptions<V>
  readonly #taken = new Set<number>()

  constructor(options: PoolOptions<V>) {
    this.#options = options
  }

  has(value: V): boolean {
    const offset = this.#options.offsetOf(value)
    return offset !== undefined && this.#taken.has(offset)
  }

  allocate(value: V): void {
    const offset = this.#options.offsetOf(value)
    if (offset === undefined) throw new AllocationError(this.#options.outside(value))
    if (this.#taken.has(offset)) throw new AllocationError(this.#options.taken)
    this.#taken.add(offset)
  }

  allocateNext(): V {
    const { size, staticSize } = this.#options
    const offset = this.#free(staticSize, size) ?? this.#free(0, staticSize)
    if (offset === undefined) throw new AllocationError(this.#options.full)
    this.#taken.add(offset)
    return this.#options.valueAt(offset)
  }

  release(value: V): void {
    const offset = this.#options.offsetOf(value)
    if (offset !== undefined) this.#taken.delete(offset)
  }

  /** A free offset in a band: a few throws of the dice, then the next free one after the last throw. */
  #free(from: number, to: number): number | undefined {
    const span = to - from
    if (span <= 0) return undefined
    let offset = from
    for (let attempt = 0; attempt < 8; attempt++) {
      offset = from + this.#options.random.integer(span)
      if (!this.#taken.has(offset)) return offset
    }
    for (let step = 0; step < span; step++) {
      const next = from + ((offset - from + step) % span)
      if (!this.#taken.has(next)) return next
    }
    return undefined
  }
}
