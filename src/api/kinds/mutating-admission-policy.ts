import type { MutatingAdmissionPolicy } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'
import { paramKindCell } from './shared/admission-policies.ts'

/** Changes in CEL that are made to objects. They are not made here. */
export const mutatingAdmissionPolicy = kind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  tracksGeneration: true,
  columns: [
    NAME,
    column('Mutations', ({ spec }) => spec?.mutations?.length ?? 0, 'integer'),
    column('ParamKind', ({ spec }) => paramKindCell(spec?.paramKind)),
    AGE,
  ],
})
