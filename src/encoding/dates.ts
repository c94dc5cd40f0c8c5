import { formatTimestamp } from './time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']

/** Virtual time taken apart, each part with its zeros. */
function partsOf(timeMs: number) {
  const text = formatTimestamp(timeMs)
  const [year, month, day] = text.slice(0, 10).split('-') as [string, string, string]
  return {
    year,
    month,
    day,
    monthName: MONTHS[Number(month) - 1]!,
    weekday: DAYS[Math.floor(timeMs / 86_400_000) % 7]!,
    time: text.slice(11, 19),
  }
}

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
  const { weekday, monthName, day, time, year } = partsOf(timeMs)
  const micros = String(Math.floor((timeMs % 1000) * 1000)).padStart(6, '0')
  return `${weekday} ${monthName} ${day} ${time}.${micros} ${year}`
}

/** Redis' log: `22 Nov 2026 08:35:12.123`. */
export function redisDate(timeMs: number): string {
  const { day, monthName, year, time } = partsOf(timeMs)
  return `${day} ${monthName} ${year} ${time}.${String(Math.floor(timeMs % 1000)).padStart(3, '0')}`
}
