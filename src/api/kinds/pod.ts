import { kind } from '../kind.ts'
import type { Pod } from '../generated/types.ts'

export const pod = kind<Pod>({
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
})
