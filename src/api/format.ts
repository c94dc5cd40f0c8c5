/** How times and durations are printed in tables and descriptions (`duration.HumanDuration`). */
import { parseTimestamp } from '../encoding/time.ts'

/**
 * A duration in at most two units: `37s`, `2m5s`, `3h`, `2d3h`, `400d`.
 * @param durationMs negative by up to a second is `0s` (clocks differ), beyond that `<invalid>`.
 */
export function humanDuration(durationMs: number): string {
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
export function ageSince(timestamp: string | undefined | null, nowMs: number): string {
  return timestamp ? humanDuration(nowMs - parseTimestamp(timestamp)) : '<unknown>'
}
