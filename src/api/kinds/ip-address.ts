import { kind } from '../kind.ts'
import type { IPAddress } from '../generated/types.ts'

export const ipAddress = kind<IPAddress>({
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
})
