import { kind } from '../kind.ts'
import type { DaemonSet } from '../generated/types.ts'

export const daemonSet = kind<DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
})
