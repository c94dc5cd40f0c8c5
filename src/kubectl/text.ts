const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** UTF-8 bytes of a text. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      )
  }
  return bytes
}

export function encodeBase64(text: string): string {
  const bytes = utf8Bytes(text)
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET[(group >> shift) & 63])
    out += digits.map((digit, n) => (i + n <= bytes.length ? digit : '=')).join('')
  }
  return out
}

/** Decoded as UTF-8; bytes that are none become U+FFFD. */
export function decodeBase64(encoded: string): string {
  const bytes = decodeBase64Bytes(encoded)
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0
    if (length === 0 || i + length > bytes.length) {
      text += '\ufffd'
      i++
      continue
    }
    const lead = length === 1 ? first : first & (0xff >> (length + 1))
    text += String.fromCodePoint(
      bytes.slice(i + 1, i + length).reduce((code, byte) => (code << 6) | (byte & 63), lead),
    )
    i += length
  }
  return text
}

export function decodeBase64Bytes(encoded: string): number[] {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const char of encoded) {
    const value = ALPHABET.indexOf(char)
    if (value < 0) continue
    held = ((held << 6) | value) & 0xfffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  return bytes
}
