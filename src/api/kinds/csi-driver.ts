import type { CSIDriver } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** How a storage driver wants to be treated. No driver runs here. */
export const csiDriver = kind<CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  columns: [
    NAME,
    column('AttachRequired', ({ spec }) => spec.attachRequired ?? true, 'boolean'),
    column('PodInfoOnMount', ({ spec }) => spec.podInfoOnMount ?? false, 'boolean'),
    column('StorageCapacity', ({ spec }) => spec.storageCapacity ?? false, 'boolean'),
    column('TokenRequests', ({ spec }) =>
      spec.tokenRequests?.length ? spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>',
    ),
    column('RequiresRepublish', ({ spec }) => spec.requiresRepublish ?? false, 'boolean'),
    column('Modes', ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>'),
    AGE,
  ],
  defaults: (object) => ({
    ...object,
    spec: {
      ...object.spec,
      attachRequired: object.spec?.attachRequired ?? true,
      podInfoOnMount: object.spec?.podInfoOnMount ?? false,
      storageCapacity: object.spec?.storageCapacity ?? false,
      requiresRepublish: object.spec?.requiresRepublish ?? false,
      seLinuxMount: object.spec?.seLinuxMount ?? false,
      fsGroupPolicy: object.spec?.fsGroupPolicy ?? 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: object.spec?.volumeLifecycleModes ?? ['Persistent'],
    },
  }),
})
