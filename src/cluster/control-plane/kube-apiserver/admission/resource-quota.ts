import type { Pod, ResourceQuota } from '../../../../api/generated/types.ts'
import { resourceQuota as resourceQuotas } from '../../../../api/kinds/resource-quota.ts'
import { addQuantities, compareQuantities } from '../../../../api/quantity.ts'
import { inQuotaScope, quotaUsage, unspecified, type Usage } from '../../../../api/quota.ts'
import type { KubernetesObject } from '../../../../api/resource.ts'
import { forbidden, StatusError } from '../../../../api/status.ts'
import type { ResourceCall } from '../context.ts'
import { Ownership, ownershipOf, updateBy } from '../managed-fields/managed-fields.ts'
import type { StoredObject } from '../store.ts'

/**
 * ResourceQuota: what the object takes, or takes more than before, must be left in every quota of its namespace.
 * @returns what books it, once the object is sure to be written
 * @throws StatusError Forbidden
 */
export function withinQuota(
  call: ResourceCall,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): () => void {
  const { server, kind, info } = call
  if (!kind.namespaced) return () => {}
  const quotas = server.store.list(resourceQuotas, info.namespace) as unknown as readonly ResourceQuota[]
  const bookings = quotas
    .filter(({ spec }) => inQuotaScope(spec?.scopes, kind, object))
    .flatMap((quota) => {
      const requested = requestedOf(call, quota, object, old)
      return Object.keys(requested).length > 0 ? [{ quota, used: check(call, quota, object, requested) }] : []
    })
  return () => bookings.forEach(({ quota, used }) => book(call, quota, used))
}

/** What is asked for more than before, of what the quota limits. */
function requestedOf(
  call: ResourceCall,
  quota: ResourceQuota,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): Usage {
  const { kind } = call
  const hard = quota.spec?.hard ?? {}
  if (kind.plural === 'pods' && !old) {
    const missing = unspecified(hard, object as Pod)
    if (missing.length > 0)
      throw refused(call, object, `failed quota: ${quota.metadata?.name}: must specify ${listed(missing)}`)
  }
  const [next, before] = [quotaUsage(kind, object), old ? quotaUsage(kind, old) : {}]
  return Object.fromEntries(
    Object.keys(hard)
      .sort()
      .flatMap((name) => {
        const more = next[name] === undefined ? '0' : minus(next[name], before[name] ?? '0')
        return compareQuantities(more, '0') > 0 ? [[name, more] as const] : []
      }),
  )
}

const minus = (a: string, b: string): string => addQuantities([a, b === '0' ? '0' : `-${b}`])

/** `limits.cpu for: a; requests.cpu for: a,b` */
function listed(missing: ReturnType<typeof unspecified>): string {
  const resources = [...new Set(missing.map(([resource]) => resource))]
  const lacking = (resource: string) =>
    missing.filter(([one]) => one === resource).map(([, container]) => container)
  return resources.map((resource) => `${resource} for: ${lacking(resource).join(',')}`).join('; ')
}

/** @returns the new `used` */
function check(call: ResourceCall, quota: ResourceQuota, object: KubernetesObject, requested: Usage): Usage {
  const { hard = {}, used = {} } = quota.status ?? {}
  const name = quota.metadata?.name
  const unknown = Object.keys(requested).filter((resource) => hard[resource] === undefined)
  if (unknown.length > 0) {
    throw refused(call, object, `status unknown for quota: ${name}, resources: ${unknown.join(',')}`)
  }
  const next = Object.entries(requested).map(
    ([resource, amount]) => [resource, addQuantities([used[resource] ?? '0', amount])] as const,
  )
  const exceeded = next.filter(([resource, sum]) => compareQuantities(sum, hard[resource]!) > 0)
  if (exceeded.length > 0) {
    const shown = (amounts: Usage) =>
      exceeded.map(([resource]) => `${resource}=${amounts[resource] ?? '0'}`).join(',')
    throw refused(
      call,
      object,
      `exceeded quota: ${name}, requested: ${shown(requested)}, used: ${shown(used)}, limited: ${shown(hard)}`,
    )
  }
  return { ...used, ...Object.fromEntries(next) }
}

const refused = ({ kind }: ResourceCall, { metadata }: KubernetesObject, why: string) =>
  new StatusError(forbidden(kind, metadata?.name ?? '', why))

/** The server itself writes down what it granted: the controller may be late. */
function book({ server }: ResourceCall, quota: ResourceQuota, used: Usage): void {
  const live = quota as unknown as StoredObject
  const given = { ...live, status: { ...quota.status, used } }
  const by = updateBy(
    { ...resourceQuotas, subresource: 'status' },
    'kube-apiserver',
    server.simulation.timestamp(),
  )
  const ownership = Ownership.after(ownershipOf(live), { kind: resourceQuotas, live, given, by })
  server.store.write(resourceQuotas, given, ownership)
}
