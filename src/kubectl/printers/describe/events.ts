import type { KubeObject } from '../../api.ts'
import { ageSince } from '../../../api/format.ts'
import { parseTimestamp } from '../../../encoding/time.ts'
import type { Lines } from './lines.ts'

/** The block at the end: what happened to the object, oldest news first. */
export function addEvents(lines: Lines, events: readonly KubeObject[], nowMs: number): void {
  if (events.length === 0) return lines.add(0, 'Events:\t<none>')
  lines.add(0, 'Events:')
  const sorted = [...events].sort((a, b) => lastSeen(a) - lastSeen(b))
  lines.add(1, 'Type\tReason\tAge\tFrom\tMessage')
  lines.add(1, '----\t------\t----\t----\t-------')
  for (const event of sorted) {
    const from = event.source?.component || event.reportingComponent || ''
    lines.add(
      1,
      [event.type ?? '', event.reason ?? '', eventAge(event, nowMs), from, eventMessage(event)].join('\t'),
    )
  }
}

function lastSeen(event: KubeObject): number {
  const ms = parseTimestamp(String(event.lastTimestamp ?? ''))
  return Number.isNaN(ms) ? 0 : ms
}

function eventMessage(event: KubeObject): string {
  const path = event.involvedObject?.fieldPath
  return `${path ? `${path}: ` : ''}${String(event.message ?? '').trim()}`
}

/** `5m`, or `2m (x3 over 5m)` for one that was seen again. */
export function eventAge(event: KubeObject, nowMs: number): string {
  const first = ageSince(event.eventTime || event.firstTimestamp, nowMs)
  if (event.series)
    return `${ageSince(event.series.lastObservedTime, nowMs)} (x${event.series.count} over ${first})`
  if ((event.count ?? 0) > 1) return `${ageSince(event.lastTimestamp, nowMs)} (x${event.count} over ${first})`
  return first
}
