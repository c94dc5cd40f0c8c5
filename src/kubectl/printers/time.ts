import { civilTime, MONTHS, parseTimestamp, WEEKDAYS } from '../../encoding/time.ts'

/** RFC 1123 with a numeric zone: `Sun, 22 Nov 2026 08:34:58 +0000`, as describe prints times. */
export function rfc1123(timestamp: string): string {
  const ms = parseTimestamp(timestamp)
  if (Number.isNaN(ms)) return timestamp
  const { year, month, day, weekday, hour, minute, second } = civilTime(ms)
  const clock = [hour, minute, second].map((value) => String(value).padStart(2, '0')).join(':')
  return `${WEEKDAYS[weekday]}, ${String(day).padStart(2, '0')} ${MONTHS[month - 1]} ${year} ${clock} +0000`
}
