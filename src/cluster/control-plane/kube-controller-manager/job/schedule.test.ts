import { describe, expect, it } from 'vitest'
import { formatTimestamp, parseTimestamp } from '../../../../encoding/time.ts'
import { nextTime, parseSchedule } from './schedule.ts'

describe('cron schedule', () => {
  // 2026-11-22 is a Sunday.
  const cases: readonly [schedule: string, after: string, next: string][] = [
    ['*/5 * * * *', '2026-11-22T08:09:47Z', '2026-11-22T08:10:00Z'],
    ['*/5 * * * *', '2026-11-22T08:10:00Z', '2026-11-22T08:15:00Z'],
    ['30 4 1,15 * *', '2026-11-22T08:00:00Z', '2026-12-01T04:30:00Z'],
    ['0 12 * * mon-fri', '2026-11-22T08:00:00Z', '2026-11-23T12:00:00Z'],
    ['0 0 13 * 5', '2026-11-22T08:00:00Z', '2026-11-27T00:00:00Z'],
    ['0 0 29 2 *', '2026-11-22T08:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 * * 7', '2026-11-22T08:00:00Z', '2026-11-29T00:00:00Z'],
    ['@hourly', '2026-11-22T23:30:00Z', '2026-11-23T00:00:00Z'],
    ['10-20/5 3 * jan *', '2026-11-22T08:00:00Z', '2027-01-01T03:10:00Z'],
  ]
  it.each(cases)('%s after %s is %s', (schedule, after, next) => {
    expect(formatTimestamp(nextTime(parseSchedule(schedule)!, parseTimestamp(after))!)).toBe(next)
  })

  it.each(['', '* * * *', '60 * * * *', '* * 0 * *', '*/0 * * * *', 'x * * * *', '5-1 * * * *'])(
    'refuses %j',
    (text) => {
      expect(parseSchedule(text)).toBeUndefined()
    },
  )

  it('gives up on a day that never comes', () => {
    expect(nextTime(parseSchedule('0 0 30 2 *')!, 0)).toBeUndefined()
  })
})
