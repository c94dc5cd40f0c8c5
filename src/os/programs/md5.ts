import { utf8Bytes } from '../../encoding/utf8.ts'

/** The bytes, a 1 bit, zeros, the length in bits (little-endian), in blocks of 64 bytes. */
function padded(bytes: readonly number[]): number[] {
  const zeros = (119 - (bytes.length % 64)) % 64
  const bits = bytes.length * 8
  const length = Array.from({ length: 8 }, (_, index) => Math.floor(bits / 256 ** index) & 255)
  return [...bytes, 0x80, ...Array.from({ length: zeros }, () => 0), ...length]
}

const rotateLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

const hex = (words: readonly number[]): string =>
  words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')

const MD5_SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const
const MD5_TABLE = Array.from(
  { length: 64 },
  (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0,
)

/** RFC 1321. */
export function md5(text: string): string {
  const bytes = padded(utf8Bytes(text))
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let block = 0; block < bytes.length; block += 64) {
    const word = (index: number) =>
      bytes[block + index * 4]! |
      (bytes[block + index * 4 + 1]! << 8) |
      (bytes[block + index * 4 + 2]! << 16) |
      (bytes[block + index * 4 + 3]! << 24)
    let [a, b, c, d] = state as [number, number, number, number]
    for (let step = 0; step < 64; step++) {
      const round = step >> 4
      const mixed =
        round === 0
          ? (b & c) | (~b & d)
          : round === 1
            ? (d & b) | (~d & c)
            : round === 2
              ? b ^ c ^ d
              : c ^ (b | ~d)
      const index = [step, 5 * step + 1, 3 * step + 5, 7 * step][round]! % 16
      const sum = (a + mixed + MD5_TABLE[step]! + word(index)) | 0
      ;[a, d, c, b] = [d, c, b, (b + rotateLeft(sum, MD5_SHIFTS[round]![step % 4]!)) | 0]
    }
    for (const [index, value] of [a, b, c, d].entries()) state[index] = (state[index]! + value) | 0
  }
  const swapped = state.map(
    (value) => ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24),
  )
  return hex(swapped)
}
