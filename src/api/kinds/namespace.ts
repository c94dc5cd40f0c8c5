import type { Namespace } from '../generated/types.ts'
import { ALL_VERBS, kind, statusOf } from '../kind.ts'
import { checkDns1123Label } from '../names.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'

/** A room for names. It goes only when everything in it has gone. */
export const namespace = kind<Namespace>({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, statusOf('Namespace')],
  selectableFields: [{ path: 'status.phase', value: ({ status }) => status?.phase ?? '' }],
  columns: [NAME, column('Status', ({ status }) => status?.phase ?? ''), AGE],
  validateName: checkDns1123Label,
  defaults({ metadata, ...object }) {
    const name = metadata?.name
    if (!name || metadata.labels?.[NAME_LABEL] === name) return { ...object, metadata: metadata ?? {} }
    return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: name } } }
  },
  prepareForCreate(object) {
    const finalizers = object.spec?.finalizers ?? []
    const all = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
    return { ...object, spec: { finalizers: all }, status: { phase: 'Active' } }
  },
  prepareForUpdate: (next, old) => ({ ...next, spec: old.spec ?? {} }),
})
