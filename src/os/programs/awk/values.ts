import { formatPrintf, general } from '../printf-format.ts'

/** Input that looks like a number compares as one (POSIX: a numeric string). Undefined is a variable never set. */
export type Value = number | string | NumericString | undefined

export class NumericString {
  readonly text: string
  readonly number: number
  constructor(text: string, number: number) {
    this.text = text
    this.number = number
  }
}

const LEADING_NUMBER = /^[ \t\n]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/
const WHOLE_NUMBER = /^[ \t\n]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n]*$/

/** Text from the outside: a field, a line, an argument. */
export function fromInput(text: string): Value {
  return WHOLE_NUMBER.test(text) ? new NumericString(text, Number(text)) : text
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  if (value === undefined) return 0
  if (value instanceof NumericString) return value.number
  const match = LEADING_NUMBER.exec(value)
  return match ? Number(match[1]) : 0
}

/** @param format CONVFMT or OFMT, for numbers that are not whole */
export function toText(value: Value, format = '%.6g'): string {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  if (value instanceof NumericString) return value.text
  if (Number.isInteger(value))
    return Math.abs(value) < 1e16 ? String(value === 0 ? 0 : value) : value.toFixed(0)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  return format === '%.6g'
    ? value < 0
      ? `-${general(-value)}`
      : general(value)
    : formatPrintf(format, [String(value)]).text
}

export function toBoolean(value: Value): boolean {
  if (typeof value === 'number') return value !== 0
  if (value instanceof NumericString) return value.number !== 0
  return value !== undefined && value !== ''
}

/** Numbers are compared as numbers, anything with a real string in it as text. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a !== 'string' && typeof b !== 'string') return toNumber(a) - toNumber(b)
  const left = toText(a)
  const right = toText(b)
  return left < right ? -1 : left > right ? 1 : 0
}

/** sprintf as awk has it: `%c` takes a code or the first character, `%d` any number. */
export function sprintf(format: string, args: readonly Value[]): string {
  let index = 0
  return format.replace(
    /%%|%[-+ 0#]*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?([a-zA-Z])/g,
    (directive, conversion?: string) => {
      if (directive === '%%') return '%'
      const stars = directive.split('*').length - 1
      const filled = Array.from({ length: stars }).reduce<string>(
        (text) => text.replace('*', String(toNumber(args[index++]))),
        directive,
      )
      const value = args[index++]
      if (conversion === 'c') {
        const code = typeof value === 'number' || value instanceof NumericString
        return formatPrintf(filled, [
          code ? String.fromCodePoint(Math.trunc(toNumber(value))) : toText(value).slice(0, 1),
        ]).text
      }
      if (conversion === 's') return formatPrintf(filled, [toText(value)]).text
      return formatPrintf(filled, [String(toNumber(value))]).text
    },
  )
}
