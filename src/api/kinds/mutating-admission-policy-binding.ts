import type { MutatingAdmissionPolicyBinding } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'
import { paramRefCell } from './shared/admission-policies.ts'

/** Where a MutatingAdmissionPolicy holds. Policies are not evaluated here. */
export const mutatingAdmissionPolicyBinding = kind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
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
