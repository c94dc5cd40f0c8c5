import { kind } from '../kind.ts'
import type { Node } from '../generated/types.ts'

export const node = kind<Node>({
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
})
