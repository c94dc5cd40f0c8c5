import { kind } from '../kind.ts'
import type { ReplicaSet } from '../generated/types.ts'

export const replicaSet = kind<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
})
