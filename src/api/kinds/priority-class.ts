import type { PriorityClass } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** A name for a Pod's priority. */
export const priorityClass = kind<PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  tracksGeneration: true,
  columns: [
    NAME,
    column('Value', ({ value }) => value ?? 0, 'integer'),
    column('Global-Default', ({ globalDefault }) => globalDefault ?? false, 'boolean'),
    AGE,
    column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
  ],
  defaults: (object) => ({ ...object, preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority' }),
  validateUpdate(next, old, errors) {
    if (next.value !== old.value) errors.forbidden('value', 'may not be changed in an update.')
  },
})
