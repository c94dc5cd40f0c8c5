import { parseTimestamp } from '../../encoding/time.ts'

const UNITS: Readonly<Record<string, number>> = {
  sec: 1000, second: 1000, min: 60_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000, fortnight: 1_209_600_000,
} // prettier-ignore

/** What `date -d` takes of dates: ISO, `@seconds`, `now`, `yesterday`, `2 hours ago`, `+1 day`. Undefined for others. */
export function parseDate(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim()
  if (trimmed.startsWith('@')) {
    const seconds = Number(trimmed.slice(1))
    return Number.isNaN(seconds) ? undefined : seconds * 1000
  }
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?\s*(Z|UTC|[-+]\d\d:\d\d)?$/.exec(
    trimmed,
  )
  if (iso) {
    const zone = iso[4] === undefined || iso[4] === 'UTC' ? 'Z' : iso[4]
    const time = parseTimestamp(`${iso[1]}T${iso[2] ?? '00:00'}${iso[3] ?? ':00'}${zone}`)
    return Number.isNaN(time) ? undefined : time
  }
  return relative(trimmed.toLowerCase(), nowMs)
}

function relative(text: string, nowMs: number): number | undefined {
  let time = nowMs
  let rest = text
  while (rest !== '') {
    const word = /^(now|today|yesterday|tomorrow)\s*/.exec(rest)
    const step = /^([-+]?\s*\d*)\s*(sec|second|min|minute|hour|day|week|fortnight)s?(\s+ago)?\s*/.exec(rest)
    if (word) time += { now: 0, today: 0, yesterday: -86_400_000, tomorrow: 86_400_000 }[word[1]!]!
    else if (step) time += Number(step[1]!.replace(/\s/g, '') || 1) * UNITS[step[2]!]! * (step[3] ? -1 : 1)
    else return undefined
    rest = rest.slice((word ?? step)![0].length)
  }
  return time
}
