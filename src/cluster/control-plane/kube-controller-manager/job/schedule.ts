import { civilFromDays, weekdayOf } from '../../../../encoding/time.ts'

/** A parsed cron schedule: for each field the values it permits. */
export interface Schedule {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** When both days are restricted one of them suffices, as cron has it. */
  readonly anyDay: boolean
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const DAY_MS = 86_400_000
/** A schedule that never comes (30 February) is given up after this many days. */
const HORIZON_DAYS = 366 * 5

/** Undefined when the text is no schedule. Times are UTC. */
export function parseSchedule(text: string): Schedule | undefined {
  const fields = (MACROS[text.trim()] ?? text).trim().split(/\s+/)
  if (fields.length !== 5) return undefined
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string]
  const minutes = parseField(minute, 0, 59)
  const hours = parseField(hour, 0, 23)
  const days = parseField(day, 1, 31)
  const months = parseField(month, 1, 12, MONTHS, 1)
  const weekdays = parseField(weekday, 0, 7, WEEKDAYS, 0)
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  if (weekdays.has(7)) weekdays.add(0)
  return { minutes, hours, days, months, weekdays, anyDay: isOpen(day) || isOpen(weekday) }
}

const isOpen = (field: string): boolean => field.startsWith('*') || field.startsWith('?')

function parseField(
  text: string,
  low: number,
  high: number,
  names: readonly string[] = [],
  base = 0,
): Set<number> | undefined {
  const values = new Set<number>()
  const number = (word: string): number => {
    const named = names.indexOf(word.toLowerCase())
    return named >= 0 ? named + base : /^\d+$/.test(word) ? Number(word) : NaN
  }
  for (const part of text.split(',')) {
    const [range = '', stepText] = part.split('/')
    const step = stepText === undefined ? 1 : Number(stepText)
    const [from = '', to] = range.split('-')
    const start = isOpen(range) ? low : number(from)
    const end =
      isOpen(range) || (stepText !== undefined && to === undefined)
        ? high
        : to === undefined
          ? start
          : number(to)
    if (!(step >= 1) || !(start >= low) || !(end <= high) || start > end) return undefined
    for (let value = start; value <= end; value += step) values.add(value)
  }
  return values
}

/** The first time after `afterMs` that fits, in ms; undefined when there is none within five years. */
export function nextTime(schedule: Schedule, afterMs: number): number | undefined {
  const firstMinute = Math.floor(afterMs / 60_000) + 1
  const firstDay = Math.floor(firstMinute / 1440)
  for (let day = firstDay; day < firstDay + HORIZON_DAYS; day++) {
    if (!fitsDay(schedule, day)) continue
    const from = day === firstDay ? firstMinute - firstDay * 1440 : 0
    for (let minute = from; minute < 1440; minute++) {
      if (schedule.minutes.has(minute % 60) && schedule.hours.has(Math.floor(minute / 60))) {
        return day * DAY_MS + minute * 60_000
      }
    }
  }
  return undefined
}

function fitsDay({ months, days, weekdays, anyDay }: Schedule, daysSinceEpoch: number): boolean {
  const { month, day } = civilFromDays(daysSinceEpoch)
  if (!months.has(month)) return false
  const isDay = days.has(day)
  const isWeekday = weekdays.has(weekdayOf(daysSinceEpoch))
  return anyDay ? isDay && isWeekday : isDay || isWeekday
}
