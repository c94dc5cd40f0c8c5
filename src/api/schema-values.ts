/** How single values are decoded: what Go's types make of them, and what it says of those that do not fit. */
import { canonicalQuantity, parseQuantity } from './quantity.ts'

/** A value of the wrong type, in the words of Go's `encoding/json`. */
export class DecodeError extends Error {}

/** Is it an integer that the type holds? */
export function isInteger(value: unknown, type: 'int32' | 'int64'): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false
  return type === 'int64' ? Math.abs(value) <= 2 ** 63 : value >= -(2 ** 31) && value < 2 ** 31
}

/** A JSON value as Go's decoder names it: with its digits when a number does not fit. */
export function describe(value: unknown, type = ''): string {
  if (typeof value === 'number') return type.startsWith('int') || type === '' ? `number ${value}` : 'number'
  if (typeof value === 'boolean') return 'bool'
  return Array.isArray(value) ? 'array' : typeof value
}

const canonical = new Map<string, string>()

/** In canonical form. @throws DecodeError */
export function decodeQuantity(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new DecodeError(`json: cannot unmarshal ${describe(value)} into Go value of type string`)
  const text = String(value)
  const seen = canonical.get(text)
  if (seen !== undefined) return seen
  const quantity = parseQuantity(text)
  if (typeof quantity === 'string') throw new DecodeError(quantity)
  const form = canonicalQuantity(text)
  if (canonical.size < 1000) canonical.set(text, form)
  return form
}

/** As it is. @throws DecodeError when it is no base64 */
export function decodeBase64(text: string): string {
  const clean = text.replace(/[\r\n]/g, '')
  const bad = clean.search(/[^A-Za-z0-9+/=]/)
  const padding = clean.indexOf('=')
  const body = padding < 0 ? clean.length : padding
  if (bad >= 0) throw new DecodeError(`illegal base64 data at input byte ${bad}`)
  if (
    clean.length % 4 !== 0 ||
    clean.length - body > 2 ||
    (padding >= 0 && /[^=]/.test(clean.slice(padding)))
  ) {
    throw new DecodeError(
      `illegal base64 data at input byte ${padding >= 0 && clean.length - body > 2 ? body : clean.length - (clean.length % 4)}`,
    )
  }
  return text
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** As it is. @throws DecodeError when it is no RFC 3339 time */
export function decodeTime(value: unknown, type: 'time' | 'micro-time'): string {
  if (typeof value !== 'string')
    throw new DecodeError(`json: cannot unmarshal ${describe(value)} into Go value of type string`)
  if (TIME.test(value)) return value
  const layout = type === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  throw new DecodeError(
    `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
  )
}
