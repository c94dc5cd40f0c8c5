import type { DeviceClass } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, NAME } from './shared/columns.ts'

/** A sort of device that can be claimed. No node has devices here. */
export const deviceClass = kind<DeviceClass>({
  group: 'resource.k8s.io',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  tracksGeneration: true,
  columns: [NAME, AGE],
})
