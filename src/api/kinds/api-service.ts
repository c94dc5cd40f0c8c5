import type { APIService } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { checkPathSegment } from '../names.ts'
import { AGE, column, NAME } from './shared/columns.ts'

function availableCell({ status }: APIService): string {
  const available = status?.conditions?.find(({ type }) => type === 'Available')
  if (!available) return 'Unknown'
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
}

const local = (lastTransitionTime: string) => ({
  type: 'Available',
  status: 'True',
  lastTransitionTime,
  reason: 'Local',
  message: 'Local APIServices are always available',
})

/** Who serves a group and version: the API server itself, here always. */
export const apiService = kind<APIService>({
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [statusOf('APIService')],
  columns: [
    NAME,
    column('Service', ({ spec }) =>
      spec?.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    column('Available', availableCell),
    AGE,
  ],
  validateName: checkPathSegment,
  validate({ metadata, spec }, errors) {
    const name = metadata?.name ?? ''
    const wanted = `${spec?.version ?? ''}.${spec?.group ?? ''}`
    if (name !== wanted)
      errors.invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: "${wanted}"`)
  },
  prepareForCreate: (object, { timestamp }) => ({
    ...object,
    status: object.spec?.service ? {} : { conditions: [local(timestamp)] },
  }),
})
