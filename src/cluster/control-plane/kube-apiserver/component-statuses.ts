import type { ComponentStatus } from '../../../api/generated/types.ts'
import type { StoredObject } from './store.ts'

const COMPONENTS = [
  ['etcd-0', 'ok'],
  ['scheduler', 'ok'],
  ['controller-manager', 'ok'],
] as const

/** Asked for, not stored: the parts of the control plane, which here are up whenever the server that asks is. */
export function componentStatuses(): readonly StoredObject[] {
  return COMPONENTS.map(([name, message]) => {
    const status: ComponentStatus = {
      apiVersion: 'v1',
      kind: 'ComponentStatus',
      metadata: { name },
      conditions: [{ type: 'Healthy', status: 'True', message }],
    }
    return status as unknown as StoredObject
  })
}
