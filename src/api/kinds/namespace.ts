import { kind } from '../kind.ts'
import type { Namespace } from '../generated/types.ts'

export const namespace = kind<Namespace>({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
})
