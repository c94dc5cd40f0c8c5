/** How times and durations are printed in tables and descriptions (`duration.HumanDuration`). */

/**
 * A duration in at most two units: `37s`, `2m5s`, `3h`, `2d3h`, `400d`.
 * @param durationMs negative by up to a second is `0s` (clocks differ), beyond that `<invalid>`.
 */
export function formatAge(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (hours < 192) return two(Math.floor(hours / 24), 'd', hours % 24, 'h')
  const days = Math.floor(hours / 24)
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return days < 2920 ? two(years, 'y', days % 365, 'd') : `${years}y`
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`

/** The age cell: time from `timestamp` to `nowMs`; `<unknown>` when there is none. */
export function ageSince(timestamp: string | undefined, nowMs: number): string {
  return timestamp === undefined ? '<unknown>' : formatAge(nowMs - timeOf(timestamp))
}

/** Milliseconds since the epoch of an RFC 3339 time in UTC; NaN when it is none. */
export function timeOf(timestamp: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?Z$/.exec(timestamp)
  if (!match) return NaN
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const inDay = hours * 3600 + minutes * 60 + seconds + Number(match[7] ?? 0)
  return (daysSinceEpoch(year, month, day) * 86_400 + inDay) * 1000
}

/** Years are counted from March, so that a leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
  return y * 365 + leapDays + Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1 - 719_468
}
