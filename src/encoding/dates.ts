import { civilTime, MONTHS, WEEKDAYS } from './time.ts'

/** Virtual time taken apart, each part with its zeros. */
function partsOf(timeMs: number) {
  const { year, month, day, weekday, hour, minute, second, millisecond } = civilTime(timeMs)
  return {
    year,
    month: two(month),
    day: two(day),
    monthName: MONTHS[month - 1]!,
    weekday: WEEKDAYS[weekday]!,
    time: `${two(hour)}:${two(minute)}:${two(second)}`,
    millisecond,
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** RFC 9110: `Sun, 22 Nov 2026 08:35:12 GMT`. */
export function httpDate(timeMs: number): string {
  const { weekday, day, monthName, year, time } = partsOf(timeMs)
  return `${weekday}, ${day} ${monthName} ${year} ${time} GMT`
}

/** The common log format's: `22/Nov/2026:08:35:12 +0000`. */
export function commonLogDate(timeMs: number): string {
  const { day, monthName, year, time } = partsOf(timeMs)
  return `${day}/${monthName}/${year}:${time} +0000`
}

/** nginx's error log and Go's `log`: `2026/11/22 08:35:12`. */
export function slashDate(timeMs: number): string {
  const { year, month, day, time } = partsOf(timeMs)
  return `${year}/${month}/${day} ${time}`
}

/** Apache's error log: `Sun Nov 22 08:35:12.123456 2026`. */
export function apacheDate(timeMs: number): string {
  const { weekday, monthName, day, time, year, millisecond } = partsOf(timeMs)
  const micros = String(Math.floor(millisecond * 1000)).padStart(6, '0')
  return `${weekday} ${monthName} ${day} ${time}.${micros} ${year}`
}

/** Redis' log: `22 Nov 2026 08:35:12.123`. */
export function redisDate(timeMs: number): string {
  const { day, monthName, year, time, millisecond } = partsOf(timeMs)
  return `${day} ${monthName} ${year} ${time}.${String(Math.floor(millisecond)).padStart(3, '0')}`
}

/** systemd's journal: `Nov 22 08:35:12`. */
export function journalDate(timeMs: number): string {
  const { day, monthName, time } = partsOf(timeMs)
  return `${monthName} ${day} ${time}`
}

/** systemctl's: `Sun 2026-11-22 08:35:12 UTC`. */
export function systemdDate(timeMs: number): string {
  const { weekday, year, month, day, time } = partsOf(timeMs)
  return `${weekday} ${year}-${month}-${day} ${time} UTC`
}
