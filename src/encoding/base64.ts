import { utf8Bytes, utf8Text } from './utf8.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Two digits at a time. */
const PAIRS = Array.from({ length: 4096 }, (_, bits) => ALPHABET[bits >> 6]! + ALPHABET[bits & 63]!)

/** The UTF-8 bytes of a text in base64. */
export function encodeBase64(text: string): string {
  const bytes = codesOf(text)
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

/** The bytes of a text that is ASCII, as nearly all are, without making a list of them first. */
function codesOf(text: string): ArrayLike<number> {
  const codes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return utf8Bytes(text)
    codes[index] = code
  }
  return codes
}

/** The text whose UTF-8 bytes `encoded` holds; undefined when it is no base64. Bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64(encoded: string): string | undefined {
  const clean = encoded.replace(/[\r\n]/g, '').replace(/=+$/, '')
  if (/[^A-Za-z0-9+/]/.test(clean) || clean.length % 4 === 1) return undefined
  return utf8Text(base64Bytes(clean))
}

/** The bytes that the digits of `encoded` stand for; other characters are passed over. */
export function base64Bytes(encoded: string): number[] {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const char of encoded) {
    const value = ALPHABET.indexOf(char)
    if (value < 0) continue
    held = ((held << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 255)
  }
  return bytes
}

/** The number of bytes a base64 text stands for. */
export function base64Length(encoded: string): number {
  const clean = encoded.replace(/[\r\n=]/g, '')
  return Math.floor((clean.length * 3) / 4)
}
