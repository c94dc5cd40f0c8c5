import type { FlowSchema } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** The condition that tells of a priority level that is not there. */
const dangling = ({ status }: FlowSchema) => status?.conditions?.find(({ type }) => type === 'Dangling')

const precedence = ({ spec }: FlowSchema) => spec?.matchingPrecedence ?? 1000

/** Which requests to the API server go to which priority level. Requests do not queue here. */
export const flowSchema = kind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  subresources: [statusOf('FlowSchema')],
  tracksGeneration: true,
  columns: [
    NAME,
    column('PriorityLevel', ({ spec }) => spec?.priorityLevelConfiguration.name ?? ''),
    column('MatchingPrecedence', precedence),
    column('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>'),
    AGE,
    column('MissingPL', (object) => dangling(object)?.status ?? '?'),
  ],
  rowOrder: (a, b) => precedence(a) - precedence(b) || (a.metadata!.name! < b.metadata!.name! ? -1 : 1),
  defaults: (object) =>
    object.spec && object.spec.matchingPrecedence === undefined
      ? { ...object, spec: { ...object.spec, matchingPrecedence: 1000 } }
      : object,
  prepareForCreate: (object) => ({ ...object, status: {} }),
})
