import * as api from '../../../api/index.ts'
import type { KubernetesObject, Resource, ResourceQuota } from '../../../api/index.ts'
import { addQuantities } from '../../../api/quantity.ts'
import { inQuotaScope, quotaUsage } from '../../../api/quota.ts'
import {
  controller,
  equal,
  isDeleting,
  keyOf,
  namespaceOf,
  updateStatus,
  watch,
  type ReconcileContext,
} from '../../../client/index.ts'

/** What quotas may limit or count. */
const COUNTED: readonly Resource[] = [
  api.pod,
  api.service,
  api.configMap,
  api.secret,
  api.persistentVolumeClaim,
  api.replicationController,
  api.deployment,
  api.replicaSet,
  api.statefulSet,
  api.job,
  api.cronJob,
] as unknown as readonly Resource[]

/** Keeps a ResourceQuota's status equal to what its namespace has; the API server holds new objects to it. */
export const resourceQuota = controller<ResourceQuota>({
  name: 'resourcequota-controller',
  for: api.resourceQuota,
  watches: COUNTED.map((resource) =>
    watch<KubernetesObject>(resource, quotasBeside, (next, previous) =>
      changesUsage(resource, next, previous),
    ),
  ),
  reconcile(quota, context) {
    if (isDeleting(quota)) return []
    const hard = quota.spec?.hard ?? {}
    const used = usedOf(quota, Object.keys(hard), context)
    const status = { hard, used }
    return equal(status, quota.status) ? [] : [updateStatus(api.resourceQuota, { ...quota, status })]
  },
})

function quotasBeside(object: KubernetesObject, context: ReconcileContext): string[] {
  return context.list(api.resourceQuota, namespaceOf(object)).map(keyOf)
}

function changesUsage(
  resource: Resource,
  next: KubernetesObject | undefined,
  previous: KubernetesObject | undefined,
): boolean {
  if (!next || !previous) return true
  // Of Pods that go on, all that can change is that they are over.
  if (resource.plural !== 'pods')
    return (
      resource.plural === 'services' && !equal(quotaUsage(resource, next), quotaUsage(resource, previous))
    )
  const phase = (pod: KubernetesObject) => (pod as { status?: { phase?: string } }).status?.phase
  return phase(next) !== phase(previous)
}

function usedOf(
  quota: ResourceQuota,
  names: readonly string[],
  context: ReconcileContext,
): Record<string, string> {
  const used: Record<string, string> = Object.fromEntries(names.map((name) => [name, '0']))
  for (const resource of COUNTED) {
    for (const object of context.list(resource, namespaceOf(quota))) {
      if (!inQuotaScope(quota.spec?.scopes, resource, object)) continue
      for (const [name, amount] of Object.entries(quotaUsage(resource, object))) {
        if (used[name] !== undefined && amount !== '0') used[name] = addQuantities([used[name], amount])
      }
    }
  }
  return used
}
