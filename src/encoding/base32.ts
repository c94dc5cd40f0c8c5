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
