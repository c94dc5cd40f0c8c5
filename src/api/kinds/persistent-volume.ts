import type { PersistentVolume } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { formatAccessModes } from './shared/access-modes.ts'
import { AGE, column, NAME, wideColumn } from './shared/columns.ts'

const PROTECTION = 'kubernetes.io/pv-protection'

/** A piece of storage. */
export const persistentVolume = kind<PersistentVolume>({
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  returnsDeleted: true,
  subresources: [statusOf('PersistentVolume')],
  columns: [
    NAME,
    column('Capacity', ({ spec }) => spec?.capacity?.['storage'] ?? '0'),
    column('Access Modes', ({ spec }) => formatAccessModes(spec?.accessModes)),
    column('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
    column('Status', ({ metadata, status }) =>
      metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column('Claim', ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')),
    column('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    column('Reason', ({ status }) => status?.reason ?? ''),
    AGE,
    wideColumn('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>'),
  ],
  defaults: (object) => ({
    ...object,
    spec: {
      ...object.spec,
      persistentVolumeReclaimPolicy: object.spec?.persistentVolumeReclaimPolicy ?? 'Retain',
      volumeMode: object.spec?.volumeMode ?? 'Filesystem',
      ...(object.spec?.hostPath && { hostPath: { type: '', ...object.spec.hostPath } }),
    },
  }),
  prepareForCreate(object, { timestamp }) {
    const finalizers = object.metadata?.finalizers ?? []
    const all = finalizers.includes(PROTECTION) ? finalizers : [...finalizers, PROTECTION]
    return {
      ...object,
      metadata: { ...object.metadata, finalizers: all },
      status: { phase: 'Pending', lastPhaseTransitionTime: timestamp },
    }
  },
})
