import type { ResourceSlice } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const nodeOf = ({ spec }: ResourceSlice) => spec.nodeName ?? ''

/** Devices of a node. */
export const resourceSlice = kind<ResourceSlice>({
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  tracksGeneration: true,
  selectableFields: [
    { path: 'spec.nodeName', value: nodeOf },
    { path: 'spec.driver', value: ({ spec }) => spec.driver },
  ],
  columns: [
    NAME,
    column('Node', (object) => nodeOf(object) || '<unset>'),
    column('Driver', ({ spec }) => spec.driver),
    column('Pool', ({ spec }) => spec.pool.name),
    AGE,
  ],
})
