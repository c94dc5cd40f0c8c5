import type { ValidatingAdmissionPolicy } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'
import { paramKindCell } from './shared/admission-policies.ts'

/** Rules in CEL that objects must satisfy. They are not evaluated here. */
export const validatingAdmissionPolicy = kind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [statusOf('ValidatingAdmissionPolicy')],
  tracksGeneration: true,
  columns: [
    NAME,
    column('Validations', ({ spec }) => spec?.validations?.length ?? 0, 'integer'),
    column('ParamKind', ({ spec }) => paramKindCell(spec?.paramKind)),
    AGE,
  ],
  prepareForCreate: (object) => ({ ...object, status: {} }),
})
