import { civilTime, type CivilTime } from '../../encoding/time.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] // prettier-ignore

/** strftime(3) in UTC and the C locale, with date(1)'s `%-d`, `%_d` and `%3N`. */
export function formatDate(ms: number, format: string): string {
  const time = civilTime(ms)
  return format.replace(
    /%([-_0^#]?)(\d*)([a-zA-Z%+]|:z)/g,
    (whole, flag: string, width: string, letter: string) => {
      const [value, size, fill] = FIELDS[letter]?.(time, ms) ?? [undefined, 0, '0']
      if (value === undefined) return whole
      if (letter === 'N')
        return String(value)
          .padStart(9, '0')
          .slice(0, width === '' ? 9 : Number(width))
      const text = String(value)
      if (flag === '^') return text.toUpperCase()
      if (flag === '-') return text
      return text.padStart(Number(width || size), flag === '_' ? ' ' : fill)
    },
  )
}

type Field = readonly [value: number | string, size: number, fill: string]

const FIELDS: Readonly<Record<string, (time: CivilTime, ms: number) => Field>> = {
  a: ({ weekday }) => [DAYS[weekday]!.slice(0, 3), 0, ' '],
  A: ({ weekday }) => [DAYS[weekday]!, 0, ' '],
  b: ({ month }) => [MONTHS[month - 1]!.slice(0, 3), 0, ' '],
  h: ({ month }) => [MONTHS[month - 1]!.slice(0, 3), 0, ' '],
  B: ({ month }) => [MONTHS[month - 1]!, 0, ' '],
  c: (_time, ms) => [formatDate(ms, '%a %b %e %H:%M:%S %Y'), 0, ' '],
  C: ({ year }) => [Math.floor(year / 100), 2, '0'],
  d: ({ day }) => [day, 2, '0'],
  D: (_time, ms) => [formatDate(ms, '%m/%d/%y'), 0, ' '],
  e: ({ day }) => [day, 2, ' '],
  F: (_time, ms) => [formatDate(ms, '%Y-%m-%d'), 0, ' '],
  H: ({ hour }) => [hour, 2, '0'],
  I: ({ hour }) => [hour % 12 || 12, 2, '0'],
  j: ({ year, month, day }) => [daysBeforeMonth(year, month) + day, 3, '0'],
  k: ({ hour }) => [hour, 2, ' '],
  l: ({ hour }) => [hour % 12 || 12, 2, ' '],
  m: ({ month }) => [month, 2, '0'],
  M: ({ minute }) => [minute, 2, '0'],
  n: () => ['\n', 0, ' '],
  N: (_time, ms) => [Math.floor((ms - Math.floor(ms / 1000) * 1000) * 1_000_000), 9, '0'],
  p: ({ hour }) => [hour < 12 ? 'AM' : 'PM', 0, ' '],
  P: ({ hour }) => [hour < 12 ? 'am' : 'pm', 0, ' '],
  r: (_time, ms) => [formatDate(ms, '%I:%M:%S %p'), 0, ' '],
  R: (_time, ms) => [formatDate(ms, '%H:%M'), 0, ' '],
  s: (_time, ms) => [Math.floor(ms / 1000), 0, '0'],
  S: ({ second }) => [second, 2, '0'],
  t: () => ['\t', 0, ' '],
  T: (_time, ms) => [formatDate(ms, '%H:%M:%S'), 0, ' '],
  u: ({ weekday }) => [weekday || 7, 1, '0'],
  w: ({ weekday }) => [weekday, 1, '0'],
  x: (_time, ms) => [formatDate(ms, '%m/%d/%y'), 0, ' '],
  X: (_time, ms) => [formatDate(ms, '%H:%M:%S'), 0, ' '],
  y: ({ year }) => [year % 100, 2, '0'],
  Y: ({ year }) => [year, 4, '0'],
  z: () => ['+0000', 0, ' '],
  ':z': () => ['+00:00', 0, ' '],
  Z: () => ['UTC', 0, ' '],
  '%': () => ['%', 0, ' '],
}

function daysBeforeMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30]
  return lengths.slice(0, month - 1).reduce((sum, length) => sum + length, 0)
}
