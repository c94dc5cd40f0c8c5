import { kind } from '../kind.ts'
import type { Event } from '../generated/types.ts'

export const event = kind<Event>({
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
})
