import { kind } from '../kind.ts'
import type { ConfigMap } from '../generated/types.ts'

export const configMap = kind<ConfigMap>({
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
})
