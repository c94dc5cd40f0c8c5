import { kind } from '../kind.ts'
import type { Endpoints } from '../generated/types.ts'

export const endpoints = kind<Endpoints>({
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
})
