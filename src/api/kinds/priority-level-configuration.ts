import type { PriorityLevelConfiguration } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const queuing = ({ spec }: PriorityLevelConfiguration) => spec?.limited?.limitResponse?.queuing
const orNone = (value: number | undefined) => value ?? '<none>'

/** How many requests of a sort the API server works on at once. Requests do not queue here. */
export const priorityLevelConfiguration = kind<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: [statusOf('PriorityLevelConfiguration')],
  tracksGeneration: true,
  columns: [
    NAME,
    column('Type', ({ spec }) => spec?.type ?? ''),
    column('NominalConcurrencyShares', ({ spec }) => orNone(spec?.limited?.nominalConcurrencyShares)),
    column('Queues', (object) => orNone(queuing(object)?.queues)),
    column('HandSize', (object) => orNone(queuing(object)?.handSize)),
    column('QueueLengthLimit', (object) => orNone(queuing(object)?.queueLengthLimit)),
    AGE,
  ],
  prepareForCreate: (object) => ({ ...object, status: {} }),
})
