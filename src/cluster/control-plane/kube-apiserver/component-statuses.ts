import type { ComponentCondition, ComponentStatus } from '../../../api/generated/types.ts'
import type { StoredObject } from './store.ts'

/** What went wrong when a component's `/healthz` was asked for; undefined when it answered `ok`. */
export type ComponentHealth = (component: 'scheduler' | 'controller-manager') => string | undefined

/** Asked for, not stored: whether the parts of the control plane answer, as seen from the API server. */
export function componentStatuses(etcdRuns: boolean, healthOf: ComponentHealth): readonly StoredObject[] {
  return [
    statusOf('etcd-0', etcdRuns ? HEALTHY : { ...UNHEALTHY, error: 'context deadline exceeded' }),
    ...(['scheduler', 'controller-manager'] as const).map((name) => {
      const message = healthOf(name)
      return statusOf(name, message === undefined ? HEALTHY : { ...UNHEALTHY, message })
    }),
  ]
}

const HEALTHY: ComponentCondition = { type: 'Healthy', status: 'True', message: 'ok' }
const UNHEALTHY: ComponentCondition = { type: 'Healthy', status: 'False' }

function statusOf(name: string, condition: ComponentCondition): StoredObject {
  const status: ComponentStatus = {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [condition],
  }
  return status as unknown as StoredObject
}
