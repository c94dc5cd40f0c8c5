import { kind } from '../kind.ts'
import type { ServiceAccount } from '../generated/types.ts'

export const serviceAccount = kind<ServiceAccount>({
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
})
