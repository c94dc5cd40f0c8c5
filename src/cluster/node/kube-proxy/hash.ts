/**
 * SHA-256 (FIPS 180-4) of a text of ASCII characters: names of Services, ports and addresses are nothing else.
 * @returns the digest as 32 bytes.
 */
export function sha256(text: string): number[] {
  const words = paddedWords(text)
  const state = [...INITIAL]
  const w = new Array<number>(64)
  for (let block = 0; block < words.length; block += 16) {
    for (let t = 0; t < 16; t++) w[t] = words[block + t]!
    for (let t = 16; t < 64; t++) {
      const s0 = rotate(w[t - 15]!, 7) ^ rotate(w[t - 15]!, 18) ^ (w[t - 15]! >>> 3)
      const s1 = rotate(w[t - 2]!, 17) ^ rotate(w[t - 2]!, 19) ^ (w[t - 2]! >>> 10)
      w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0
    }
    compress(state, w)
  }
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255])
}

/** RFC 4648 base32 of bytes, without padding. */
export function base32(bytes: readonly number[]): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(buffer >>> bits) & 31]
    }
  }
  return bits > 0 ? text + BASE32[(buffer << (5 - bits)) & 31] : text
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

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

const ROUNDS = primes(64).map((prime) => fraction(Math.cbrt(prime)))
const INITIAL = primes(8).map((prime) => fraction(Math.sqrt(prime)))

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

function paddedWords(text: string): number[] {
  const words = new Array<number>((((text.length + 8) >>> 6) + 1) * 16).fill(0)
  for (let index = 0; index < text.length; index++) {
    words[index >> 2]! |= text.charCodeAt(index) << (24 - 8 * (index & 3))
  }
  words[text.length >> 2]! |= 0x80 << (24 - 8 * (text.length & 3))
  words[words.length - 1] = text.length * 8
  return words
}

function compress(state: number[], w: readonly number[]): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
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
  ;[a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] = (state[index]! + word) | 0))
}
