/** The alphabet of `k8s.io/apimachinery/pkg/util/rand`: no vowels, nothing that looks like another. */
export const KUBERNETES_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/**
 * A stream of random numbers that depends on its seed alone (sfc32 over 32-bit words, seeded by hashing seed and
 * name). Good enough for load balancing and names; not for secrets.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  private constructor(a: number, b: number, c: number) {
    this.#a = a
    this.#b = b
    this.#c = c
    for (let round = 0; round < 12; round++) this.uint32()
  }

  static fromSeed(seed: number, name: string): Random {
    return new Random(hash(name, seed >>> 0), hash(name, ~seed >>> 0), Math.floor(seed / 2 ** 32) >>> 0)
  }

  /** Uniform in [0, 2^32). */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.uint32() / 2 ** 32
  }

  /** Uniform among the integers 0 ... `bound` - 1. */
  integer(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  /** Uniform in [`low`, `high`). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.integer(items.length)]!
  }

  /** A new array with the items in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items]
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.integer(index + 1)
      ;[result[index], result[other]] = [result[other]!, result[index]!]
    }
    return result
  }

  string(length: number, alphabet: string = KUBERNETES_ALPHABET): string {
    let text = ''
    for (let index = 0; index < length; index++) text += alphabet[this.integer(alphabet.length)]
    return text
  }

  /** A version 4 UUID. */
  uuid(): string {
    const [a, b, c, d] = [this.#hex(), this.#hex(), this.#hex(), this.#hex()]
    const variant = '89ab'[this.integer(4)]
    // Joined, so that it is one piece: thousands are kept.
    return [a, b.slice(0, 4), `4${b.slice(5)}`, variant + c.slice(1, 4), c.slice(4) + d].join('-')
  }

  /** Eight hexadecimal digits, each drawn. */
  #hex(): string {
    let digits = 0
    for (let count = 0; count < 8; count++) digits = (digits << 4) | (this.uint32() >>> 28)
    return (digits >>> 0).toString(16).padStart(8, '0')
  }
}

/** FNV-1a over UTF-16 code units, started from the mixed `basis`: near seeds must not meet near names. */
function hash(text: string, basis: number): number {
  let value = mix(0x811c9dc5 ^ basis)
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return mix(value)
}

/** Murmur3's finaliser: every bit of the input changes about half of the output. */
function mix(input: number): number {
  let value = Math.imul(input ^ (input >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
