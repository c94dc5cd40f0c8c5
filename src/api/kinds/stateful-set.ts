import type { PersistentVolumeClaimTemplate, PersistentVolumeClaim, StatefulSet } from '../generated/types.ts'
import { kind, SCALE, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { persistentVolumeClaim } from './persistent-volume-claim.ts'
import { AGE, column, containerColumns, NAME } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'
import { scaleAccess, validateReplicas, validateSelector, validateTemplate } from './shared/workload.ts'

const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

const FORBIDDEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

/** A claim template is kept as a whole claim, waiting. */
function defaultClaim(template: PersistentVolumeClaim): PersistentVolumeClaim {
  const claim = persistentVolumeClaim.defaults!(template)
  return {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    ...claim,
    status: claim.status ?? { phase: 'Pending' },
  }
}

function immutablePart({ spec }: StatefulSet): unknown {
  return Object.fromEntries(Object.entries(spec ?? {}).filter(([key]) => !MUTABLE.includes(key)))
}

/** Pods with names that last, started and stopped in order. */
export const statefulSet = kind<StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [SCALE, statusOf('StatefulSet')],
  columns: [
    NAME,
    column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    AGE,
    ...containerColumns<StatefulSet>(({ spec }) => spec?.template.spec),
  ],
  defaults(object) {
    const spec = object.spec!
    const { type = 'RollingUpdate', rollingUpdate } = spec?.updateStrategy ?? {}
    const retention = spec?.persistentVolumeClaimRetentionPolicy
    const claims = spec?.volumeClaimTemplates as
      readonly (PersistentVolumeClaim & PersistentVolumeClaimTemplate)[] | undefined
    return {
      ...object,
      spec: {
        ...spec,
        replicas: spec?.replicas ?? 1,
        template: defaultPodTemplate(spec?.template),
        podManagementPolicy: spec?.podManagementPolicy ?? 'OrderedReady',
        updateStrategy:
          type === 'RollingUpdate'
            ? { type, rollingUpdate: { ...rollingUpdate, partition: rollingUpdate?.partition ?? 0 } }
            : { type },
        revisionHistoryLimit: spec?.revisionHistoryLimit ?? 10,
        persistentVolumeClaimRetentionPolicy: {
          whenDeleted: retention?.whenDeleted ?? 'Retain',
          whenScaled: retention?.whenScaled ?? 'Retain',
        },
        ...(claims ? { volumeClaimTemplates: claims.map(defaultClaim) } : {}),
      },
    } as StatefulSet
  },
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0, availableReplicas: 0 } }),
  validate(object, errors) {
    const { podManagementPolicy = '', updateStrategy } = object.spec!
    const policies = ['OrderedReady', 'Parallel']
    if (!policies.includes(podManagementPolicy))
      errors.notSupported('spec.podManagementPolicy', podManagementPolicy, policies)
    const types = ['RollingUpdate', 'OnDelete']
    if (!types.includes(updateStrategy?.type ?? ''))
      errors.invalid('spec.updateStrategy', updateStrategy, "must be 'RollingUpdate' or 'OnDelete'")
    validateReplicas(object.spec?.replicas, errors)
    validateSelector(object, errors, 'empty selector is invalid for statefulset')
    validateTemplate(object, errors)
  },
  validateUpdate(next, old, errors) {
    if (!equal(immutablePart(next), immutablePart(old))) errors.forbidden('spec', FORBIDDEN)
  },
  scale: scaleAccess<StatefulSet>(),
})
