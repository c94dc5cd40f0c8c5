/** Times and durations as kubectl prints them. */

/** RFC 3339 to ms since the epoch; NaN for other text. */
export function parseTime(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(
    text,
  )
  if (!match) return NaN
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHour) * 60 + Number(offsetMinute)) : 0
  const minutes =
    (daysBefore(Number(year), Number(month), Number(day)) * 24 + Number(hour)) * 60 + Number(minute) - offset
  return (minutes * 60 + Number(second)) * 1000 + Number(fraction ?? 0) * 1000
}

/** Days since 1970-01-01 of a Gregorian date, counting years from March. */
function daysBefore(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}

/** The date of a moment, in UTC. */
export function dateOf(ms: number): {
  year: number
  month: number
  day: number
  weekday: number
  hour: number
  minute: number
  second: number
} {
  const days = Math.floor(ms / 86_400_000)
  const seconds = Math.floor(ms / 1000) - days * 86_400
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor((seconds % 3600) / 60),
    second: seconds % 60,
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 1123 with a numeric zone: `Sun, 22 Nov 2026 08:34:58 +0000`, as describe prints times. */
export function rfc1123(timestamp: string): string {
  const ms = parseTime(timestamp)
  if (Number.isNaN(ms)) return timestamp
  const { year, month, day, weekday, hour, minute, second } = dateOf(ms)
  return `${DAYS[weekday]}, ${pad(day)} ${MONTHS[month - 1]} ${year} ${pad(hour)}:${pad(minute)}:${pad(second)} +0000`
}

/** RFC 3339 with whole seconds, UTC. */
export function rfc3339(ms: number): string {
  const { year, month, day, hour, minute, second } = dateOf(ms)
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}Z`
}

export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

/** Time since a timestamp, for AGE columns; `<unknown>` without one. */
export function formatAge(timestamp: string | undefined | null, nowMs: number): string {
  if (!timestamp) return '<unknown>'
  return humanDuration(nowMs - parseTime(timestamp))
}

/** `45s`, `3m20s`, `5h12m`, `2d3h`, `41d`, `2y30d`: two units while the first is small. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const years = Math.floor(days / 365)
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return two(days, 'd', hours % 24, 'h')
  if (years < 2) return `${days}d`
  if (years < 8) return two(years, 'y', days % 365, 'd')
  return `${years}y`
}
