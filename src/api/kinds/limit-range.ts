import { kind } from '../kind.ts'
import type { LimitRange } from '../generated/types.ts'

export const limitRange = kind<LimitRange>({
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
})
