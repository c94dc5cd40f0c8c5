import type { ServiceAccount } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, NAME } from './shared/columns.ts'

/** Whom a Pod acts as. */
export const serviceAccount = kind<ServiceAccount>({
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  returnsDeleted: true,
  subresources: [
    { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  ],
  columns: [NAME, AGE],
})
