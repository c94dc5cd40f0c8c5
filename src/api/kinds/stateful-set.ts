import { kind } from '../kind.ts'
import type { StatefulSet } from '../generated/types.ts'

export const statefulSet = kind<StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
})
