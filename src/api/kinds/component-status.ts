import type { ComponentStatus } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { column, NAME } from './shared/columns.ts'

const healthy = ({ conditions }: ComponentStatus) => conditions?.find(({ type }) => type === 'Healthy')

/** How a part of the control plane is. Computed when asked for. */
export const componentStatus = kind<ComponentStatus>({
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    NAME,
    column('Status', (object) => (healthy(object)?.status === 'True' ? 'Healthy' : 'Unhealthy')),
    column('Message', (object) => healthy(object)?.message ?? ''),
    column('Error', (object) => healthy(object)?.error ?? ''),
  ],
})
