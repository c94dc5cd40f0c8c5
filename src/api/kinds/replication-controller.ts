import type { ReplicationController } from '../generated/types.ts'
import { kind, SCALE, statusOf } from '../kind.ts'
import { AGE, column, containerColumns, formatLabels, NAME, wideColumn } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'
import { validateReplicas } from './shared/workload.ts'
import { validatePodTemplate } from './shared/pod-validation.ts'

/** What came before ReplicaSets. Stored, not acted upon. */
export const replicationController = kind<ReplicationController>({
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [SCALE, statusOf('ReplicationController')],
  columns: [
    NAME,
    column('Desired', ({ spec }) => spec?.replicas ?? 0, 'integer'),
    column('Current', ({ status }) => status?.replicas ?? 0, 'integer'),
    column('Ready', ({ status }) => status?.readyReplicas ?? 0, 'integer'),
    AGE,
    ...containerColumns<ReplicationController>(({ spec }) => spec?.template?.spec),
    wideColumn('Selector', ({ spec }) => formatLabels(spec?.selector)),
  ],
  defaults(object) {
    const template = defaultPodTemplate(object.spec?.template)
    const selector = object.spec?.selector ?? template.metadata?.labels
    return {
      ...object,
      spec: {
        ...object.spec,
        replicas: object.spec?.replicas ?? 1,
        template,
        ...(selector ? { selector } : {}),
      },
    }
  },
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validate({ spec }, errors) {
    if (!Object.keys(spec?.selector ?? {}).length) errors.required('spec.selector')
    validateReplicas(spec?.replicas, errors)
    validatePodTemplate('spec.template', spec?.template ?? {}, errors)
  },
  scale: {
    replicas: ({ spec }) => spec?.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabels(spec?.selector),
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  },
})
