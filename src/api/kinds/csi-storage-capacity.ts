import type { CSIStorageCapacity } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { column, NAME } from './shared/columns.ts'

/** How much room a StorageClass has left in a part of the cluster. */
export const csiStorageCapacity = kind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  columns: [
    NAME,
    column('StorageClassName', ({ storageClassName }) => storageClassName),
    column('Capacity', ({ capacity }) => capacity ?? '<unset>'),
  ],
  validate({ storageClassName }, errors) {
    if (!storageClassName) errors.required('storageClassName')
  },
  validateUpdate(next, old, errors) {
    if (next.storageClassName !== old.storageClassName)
      errors.invalid('storageClassName', next.storageClassName, 'field is immutable')
  },
})
