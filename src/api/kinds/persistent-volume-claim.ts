import { kind } from '../kind.ts'
import type { PersistentVolumeClaim } from '../generated/types.ts'

export const persistentVolumeClaim = kind<PersistentVolumeClaim>({
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
})
