import type { CSINode } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** Which storage drivers a node has. */
export const csiNode = kind<CSINode>({
  group: 'storage.k8s.io',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  columns: [NAME, column('Drivers', ({ spec }) => spec.drivers?.length ?? 0, 'integer'), AGE],
})
