import { kind } from '../kind.ts'
import type { ReplicationController } from '../generated/types.ts'

export const replicationController = kind<ReplicationController>({
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
})
