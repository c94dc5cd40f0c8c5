import { kind } from '../kind.ts'
import type { Service } from '../generated/types.ts'

export const service = kind<Service>({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
})
