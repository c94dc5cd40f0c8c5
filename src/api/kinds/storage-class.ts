import { kind } from '../kind.ts'
import type { StorageClass } from '../generated/types.ts'

export const storageClass = kind<StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
})
