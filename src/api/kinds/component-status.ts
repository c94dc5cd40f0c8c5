import { kind } from '../kind.ts'
import type { ComponentStatus } from '../generated/types.ts'

export const componentStatus = kind<ComponentStatus>({
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
})
