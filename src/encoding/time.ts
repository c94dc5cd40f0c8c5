/** Of `civilTime(...).weekday`, as ctime(3) and RFC 1123 shorten them. */
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
/** Of `civilTime(...).month - 1`. */
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 3339 in UTC with whole seconds, as `metav1.Time` is written. */
export function formatTimestamp(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  let text = recent.get(second)
  if (text === undefined) {
    if (recent.size >= MANY) recent.clear()
    recent.set(second, (text = `${formatMicroTimestamp(timeMs).slice(0, 19)}Z`))
  }
  return text
}

/** Many things happen in one second, and each is dated. */
const recent = new Map<number, string>()
const MANY = 500

/** RFC 3339 in UTC with microseconds, as `metav1.MicroTime` is written. */
export function formatMicroTimestamp(timeMs: number): string {
  const { year, month, day, hour, minute, second, millisecond } = civilTime(timeMs)
  const micros = Math.floor(millisecond * 1000)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(micros, 6)}Z`
}

/** Inverse of the two above; also takes offsets (`+02:00`). NaN when `text` is no RFC 3339 time. */
export function parseTimestamp(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(
    text,
  )
  if (!match) return NaN
  const [, year, month, day, hours, minutes, seconds, fraction, sign, offsetHours, offsetMinutes] = match
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) : 0
  return (
    daysFromCivil(Number(year), Number(month), Number(day)) * 86_400_000 +
    (Number(hours) * 3600 + (Number(minutes) - offset) * 60 + Number(seconds)) * 1000 +
    (fraction ? Math.round(Number(fraction) * 1e6) / 1000 : 0)
  )
}

const pad = (value: number, width: number) => String(value).padStart(width, '0')

/** A moment in UTC, taken apart. */
export interface CivilTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** With its fraction. */
  readonly millisecond: number
  /** 0 is Sunday. */
  readonly weekday: number
}

/** The date and time of day of `timeMs`, ms since the epoch. */
export function civilTime(timeMs: number): CivilTime {
  const days = Math.floor(timeMs / 86_400_000)
  const inDay = timeMs - days * 86_400_000
  return {
    ...civilFromDays(days),
    hour: Math.floor(inDay / 3_600_000),
    minute: Math.floor(inDay / 60_000) % 60,
    second: Math.floor(inDay / 1000) % 60,
    millisecond: inDay % 1000,
    weekday: weekdayOf(days),
  }
}

/** The day of the week of a number of days since 1970-01-01, a Thursday; 0 is Sunday. */
export const weekdayOf = (days: number): number => (((days + 4) % 7) + 7) % 7

/** Days since 1970-01-01 of a proleptic Gregorian date (years are counted from March, so that leap days come last). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}

/** The proleptic Gregorian date of a number of days since 1970-01-01. */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}
