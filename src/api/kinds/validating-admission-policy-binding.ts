import type { ValidatingAdmissionPolicyBinding } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'
import { paramRefCell } from './shared/admission-policies.ts'

/** Where a ValidatingAdmissionPolicy holds. Policies are not evaluated here. */
export const validatingAdmissionPolicyBinding = kind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  tracksGeneration: true,
  columns: [
    NAME,
    column('PolicyName', ({ spec }) => spec?.policyName ?? ''),
    column('ParamRef', ({ spec }) => paramRefCell(spec?.paramRef)),
    AGE,
  ],
})
