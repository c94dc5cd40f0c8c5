import type { PersistentVolumeClaim } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { quantityValue } from '../quantity.ts'
import { AGE, column, NAME, wideColumn } from './shared/columns.ts'
import { ACCESS_MODES, formatAccessModes } from './shared/access-modes.ts'

const PROTECTION = 'kubernetes.io/pvc-protection'

/** A wish for storage. */
export const persistentVolumeClaim = kind<PersistentVolumeClaim>({
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  returnsDeleted: true,
  subresources: [statusOf('PersistentVolumeClaim')],
  columns: [
    NAME,
    column('Status', ({ metadata, status }) =>
      metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column('Volume', ({ spec }) => spec?.volumeName ?? ''),
    column('Capacity', ({ spec, status }) =>
      spec?.volumeName ? (status?.capacity?.['storage'] ?? '0') : '',
    ),
    column('Access Modes', ({ spec, status }) =>
      spec?.volumeName ? formatAccessModes(status?.accessModes) : '',
    ),
    column('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    AGE,
    wideColumn('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>'),
  ],
  defaults: (object) => ({
    ...object,
    spec: { ...object.spec, volumeMode: object.spec?.volumeMode ?? 'Filesystem' },
  }),
  prepareForCreate(object) {
    const finalizers = object.metadata?.finalizers ?? []
    const all = finalizers.includes(PROTECTION) ? finalizers : [...finalizers, PROTECTION]
    return { ...object, metadata: { ...object.metadata, finalizers: all }, status: { phase: 'Pending' } }
  },
  validate({ spec }, errors) {
    if (!spec?.accessModes?.length) errors.required('spec.accessModes', 'at least 1 access mode is required')
    for (const mode of spec?.accessModes ?? [])
      if (!ACCESS_MODES.includes(mode)) errors.notSupported('spec.accessModes', mode, ACCESS_MODES)
    const storage = spec?.resources?.requests?.['storage']
    if (storage === undefined) errors.required('spec.resources[storage]')
    else if (quantityValue(storage) <= 0)
      errors.invalid('spec.resources[storage]', storage, 'must be greater than zero')
  },
})
