import type { Event, EventsV1Event, EventsV1EventSeries } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { defined } from '../objects.ts'
import { event } from './event.ts'

/** An Event in the words of `events.k8s.io`: the same objects as the core's, with other names for some fields. */
export const eventsV1Event = kind<EventsV1Event>({
  group: 'events.k8s.io',
  kind: 'Event',
  definition: 'EventsV1Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  createOnUpdate: true,
  columns: event.columns as never,
  conversion: {
    stored: event,
    toStored(object): Event {
      const { note, regarding, reportingController, deprecatedCount, deprecatedSource, ...rest } = object
      const { deprecatedFirstTimestamp, deprecatedLastTimestamp, ...same } = rest
      return defined({
        ...same,
        apiVersion: 'v1',
        metadata: object.metadata ?? {},
        involvedObject: regarding ?? {},
        message: note,
        reportingComponent: reportingController,
        count: deprecatedCount,
        source: deprecatedSource,
        firstTimestamp: deprecatedFirstTimestamp,
        lastTimestamp: deprecatedLastTimestamp,
      })
    },
    fromStored(object): EventsV1Event {
      const { message, involvedObject, reportingComponent, count, source, ...rest } = object as Event
      const { firstTimestamp, lastTimestamp, ...same } = rest
      return defined({
        ...same,
        series: same.series as EventsV1EventSeries,
        apiVersion: 'events.k8s.io/v1',
        eventTime: rest.eventTime ?? (null as never),
        note: message,
        regarding: involvedObject,
        reportingController: reportingComponent,
        deprecatedCount: count,
        deprecatedSource: source,
        deprecatedFirstTimestamp: firstTimestamp,
        deprecatedLastTimestamp: lastTimestamp,
      })
    },
  },
})
