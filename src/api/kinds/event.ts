import { ageSince } from '../format.ts'
import type { Event } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { column, wideColumn } from './shared/columns.ts'

function sourceCell({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || ''
  const instance = source?.host || reportingInstance || ''
  return instance === '' ? component : `${component}, ${instance}`
}

const object = ({ involvedObject }: Event) =>
  `${(involvedObject.kind ?? '').toLowerCase()}/${involvedObject.name ?? ''}`
const first = (event: Event) => event.firstTimestamp ?? event.eventTime
const last = (event: Event) => event.series?.lastObservedTime ?? event.lastTimestamp ?? first(event)

/** Something that happened to an object. Forgotten after an hour. */
export const event = kind<Event>({
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  createOnUpdate: true,
  selectableFields: [
    ...(['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const).map(
      (field) => ({
        path: `involvedObject.${field}`,
        value: ({ involvedObject }: Event) => involvedObject[field] ?? '',
      }),
    ),
    { path: 'reason', value: ({ reason }) => reason ?? '' },
    { path: 'reportingComponent', value: ({ reportingComponent }) => reportingComponent ?? '' },
    {
      path: 'source',
      value: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
    },
    { path: 'type', value: ({ type }) => type ?? '' },
  ],
  columns: [
    column('Last Seen', (one, nowMs) => ageSince(last(one), nowMs)),
    column('Type', ({ type }) => type ?? ''),
    column('Reason', ({ reason }) => reason ?? ''),
    column('Object', object),
    wideColumn('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
    wideColumn('Source', sourceCell),
    column('Message', ({ message }) => (message ?? '').trim()),
    wideColumn('First Seen', (one, nowMs) => ageSince(first(one), nowMs)),
    wideColumn('Count', ({ series, count }) => series?.count ?? count ?? 1),
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      priority: 1,
      cell: ({ metadata }) => metadata?.name ?? '',
    },
  ],
  defaults: (one) =>
    one.reportingComponent !== undefined && one.reportingInstance !== undefined && one.source
      ? one
      : {
          ...one,
          source: one.source ?? {},
          reportingComponent: one.reportingComponent ?? '',
          reportingInstance: one.reportingInstance ?? '',
        },
  validate(one, errors) {
    const namespace = one.metadata.namespace ?? ''
    const involved = one.involvedObject?.namespace ?? ''
    if (involved !== namespace && !(involved === '' && namespace === 'default')) {
      errors.invalid('involvedObject.namespace', involved, 'does not match event.namespace')
    }
  },
})
