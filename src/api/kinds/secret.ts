import { kind } from '../kind.ts'
import type { Secret } from '../generated/types.ts'

export const secret = kind<Secret>({
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
})
