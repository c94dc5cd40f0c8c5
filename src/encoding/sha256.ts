import { utf8Bytes } from './utf8.ts'

/** SHA-256 (FIPS 180-4) of a text's UTF-8 form: 32 bytes. */
export function sha256(text: string): number[] {
  const words = paddedWords(utf8Bytes(text))
  const state = Int32Array.from(INITIAL)
  const w = new Int32Array(64)
  for (let block = 0; block < words.length; block += 16) {
    for (let t = 0; t < 16; t++) w[t] = words[block + t]!
    for (let t = 16; t < 64; t++) {
      const s0 = rotate(w[t - 15]!, 7) ^ rotate(w[t - 15]!, 18) ^ (w[t - 15]! >>> 3)
      const s1 = rotate(w[t - 2]!, 17) ^ rotate(w[t - 2]!, 19) ^ (w[t - 2]! >>> 10)
      w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0
    }
    compress(state, w)
  }
  return Array.from({ length: 32 }, (_, index) => (state[index >> 2]! >>> (24 - 8 * (index & 3))) & 255)
}

/** The first `count` primes: SHA-256 takes its constants from the fractions of their roots. */
function primes(count: number): number[] {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  }
  return found
}

/** The first 32 bits of the fraction of a root. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0

const ROUNDS = Int32Array.from(primes(64).map((prime) => fraction(Math.cbrt(prime))))
const INITIAL = primes(8).map((prime) => fraction(Math.sqrt(prime)))

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** Big-endian words: the bytes, a 1 bit, zeros, the length in bits, in blocks of 64 bytes. */
function paddedWords(bytes: readonly number[]): Int32Array {
  const words = new Int32Array((((bytes.length + 8) >>> 6) + 1) * 16)
  for (let index = 0; index < bytes.length; index++) {
    words[index >> 2]! |= bytes[index]! << (24 - 8 * (index & 3))
  }
  words[bytes.length >> 2]! |= 0x80 << (24 - 8 * (bytes.length & 3))
  words[words.length - 2] = Math.floor(bytes.length / 2 ** 29)
  words[words.length - 1] = bytes.length * 8
  return words
}

function compress(state: Int32Array, w: Int32Array): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!]
  let [e, f, g, h] = [state[4]!, state[5]!, state[6]!, state[7]!]
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + s1 + choice + ROUNDS[t]! + w[t]!) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + s0 + majority) | 0
  }
  state.set([a, b, c, d, e, f, g, h].map((word, index) => word + state[index]!))
}
