const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Two digits at a time. */
const PAIRS = Array.from({ length: 4096 }, (_, bits) => ALPHABET[bits >> 6]! + ALPHABET[bits & 63]!)

/** The UTF-8 bytes of a text in base64. */
export function encodeBase64(text: string): string {
  const bytes = encodeUtf8(text)
  const whole = bytes.length - (bytes.length % 3)
  let out = ''
  for (let index = 0; index < whole; index += 3) {
    const bits = (bytes[index]! << 16) | (bytes[index + 1]! << 8) | bytes[index + 2]!
    out += PAIRS[bits >> 12]! + PAIRS[bits & 4095]!
  }
  const [a, b] = [bytes[whole], bytes[whole + 1]]
  if (a === undefined) return out
  if (b === undefined) return `${out}${PAIRS[a << 4]}==`
  return `${out}${PAIRS[(a << 4) | (b >> 4)]}${ALPHABET[(b & 15) << 2]}=`
}

function encodeUtf8(text: string): number[] {
  const bytes: number[] = []
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index)!
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
      index++
    }
  }
  return bytes
}

/** The number of bytes a base64 text stands for. */
export function base64Length(text: string): number {
  const clean = text.replace(/[\r\n=]/g, '')
  return Math.floor((clean.length * 3) / 4)
}

/** The text whose UTF-8 bytes `text` holds; undefined when it is no base64. Bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64(text: string): string | undefined {
  const clean = text.replace(/[\r\n]/g, '').replace(/=+$/, '')
  if (/[^A-Za-z0-9+/]/.test(clean) || clean.length % 4 === 1) return undefined
  const bytes: number[] = []
  let bits = 0
  let buffer = 0
  for (const char of clean) {
    buffer = ((buffer << 6) | ALPHABET.indexOf(char)) & 0xffffff
    bits += 6
    if (bits >= 8) bytes.push((buffer >> (bits -= 8)) & 255)
  }
  return decodeUtf8(bytes)
}

function decodeUtf8(bytes: readonly number[]): string {
  let out = ''
  for (let index = 0; index < bytes.length;) {
    const first = bytes[index++]!
    const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : -1
    let code = more === 0 ? first : more < 0 ? -1 : first & (63 >> more)
    for (let step = 0; step < more; step++) {
      const next = bytes[index]
      if (next === undefined || next >> 6 !== 2) {
        code = -1
        break
      }
      code = (code << 6) | (next & 63)
      index++
    }
    out += code < 0 || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
  }
  return out
}
