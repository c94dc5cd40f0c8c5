import type { StorageClass } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column } from './shared/columns.ts'

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'

/** A sort of storage, and who provides it. */
export const storageClass = kind<StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      priority: 0,
      cell: ({ metadata }) =>
        `${metadata?.name ?? ''}${metadata?.annotations?.[DEFAULT_CLASS] === 'true' ? ' (default)' : ''}`,
    },
    column('Provisioner', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? '<unset>'),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    AGE,
  ],
  defaults: (object) => ({
    ...object,
    reclaimPolicy: object.reclaimPolicy ?? 'Delete',
    volumeBindingMode: object.volumeBindingMode ?? 'Immediate',
  }),
})
