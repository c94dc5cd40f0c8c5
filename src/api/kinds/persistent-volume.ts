import { kind } from '../kind.ts'
import type { PersistentVolume } from '../generated/types.ts'

export const persistentVolume = kind<PersistentVolume>({
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
})
