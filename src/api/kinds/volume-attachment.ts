import type { VolumeAttachment } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** The wish that a volume be attached to a node. */
export const volumeAttachment = kind<VolumeAttachment>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  subresources: [statusOf('VolumeAttachment')],
  columns: [
    NAME,
    column('Attacher', ({ spec }) => spec.attacher),
    column('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
    column('Node', ({ spec }) => spec.nodeName),
    column('Attached', ({ status }) => status?.attached ?? false, 'boolean'),
    AGE,
  ],
  prepareForCreate: (object) => ({ ...object, status: { attached: false } }),
  validate({ spec }, errors) {
    if (!spec?.attacher) errors.required('spec.attacher')
    if (!spec?.nodeName) errors.required('spec.nodeName')
  },
})
