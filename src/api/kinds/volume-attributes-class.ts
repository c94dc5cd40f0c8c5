import type { VolumeAttributesClass } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** Properties of a volume that may change while it lives. */
export const volumeAttributesClass = kind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  columns: [NAME, column('DriverName', ({ driverName }) => driverName), AGE],
  validate({ driverName }, errors) {
    if (!driverName) errors.required('driverName')
  },
})
