import type { ReplicaSet } from '../generated/types.ts'
import { kind, SCALE, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { AGE, column, containerColumns, NAME, selectorColumn } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'
import { scaleAccess, validateReplicas, validateSelector, validateTemplate } from './shared/workload.ts'

/** Keeps so many Pods of one template running. */
export const replicaSet = kind<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [SCALE, statusOf('ReplicaSet')],
  selectableFields: [{ path: 'status.replicas', value: ({ status }) => String(status?.replicas ?? 0) }],
  columns: [
    NAME,
    column('Desired', ({ spec }) => spec?.replicas ?? 0, 'integer'),
    column('Current', ({ status }) => status?.replicas ?? 0, 'integer'),
    column('Ready', ({ status }) => status?.readyReplicas ?? 0, 'integer'),
    AGE,
    ...containerColumns<ReplicaSet>(({ spec }) => spec?.template?.spec),
    selectorColumn<ReplicaSet>(({ spec }) => spec?.selector),
  ],
  defaults: (object) => ({
    ...object,
    spec: {
      ...object.spec!,
      replicas: object.spec?.replicas ?? 1,
      template: defaultPodTemplate(object.spec?.template),
    },
  }),
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validate(object, errors) {
    validateReplicas(object.spec?.replicas, errors)
    validateSelector(object, errors, 'empty selector is invalid for deployment')
    validateTemplate(object, errors)
  },
  validateUpdate(next, old, errors) {
    if (!equal(next.spec?.selector, old.spec?.selector))
      errors.invalid('spec.selector', next.spec?.selector, 'field is immutable')
  },
  scale: scaleAccess<ReplicaSet>(),
})
