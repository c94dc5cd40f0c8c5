import type { Container, PersistentVolumeClaim, Pod, Service } from './generated/types.ts'
import { isTerminal, qosClass } from './pods.ts'
import { addQuantities, compareQuantities } from './quantity.ts'
import type { KubernetesObject, Resource } from './resource.ts'

/** Amounts by the names that a ResourceQuota gives them: `pods`, `requests.cpu`, `services.nodeports`. */
export type Usage = Readonly<Record<string, string>>

/** Kinds of the core group that may be counted by their plural alone. */
const COUNTED = new Set([
  'pods',
  'services',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
])

/** What one object takes of the quotas of its namespace. */
export function quotaUsage(resource: Resource, object: KubernetesObject): Usage {
  const { group, plural } = resource
  if (group === '' && plural === 'pods') return podUsage(object as Pod)
  const count = { [`count/${group === '' ? plural : `${plural}.${group}`}`]: '1' }
  if (group !== '') return count
  const usage = COUNTED.has(plural) ? { ...count, [plural]: '1' } : count
  if (plural === 'services') return { ...usage, ...serviceUsage(object as Service) }
  if (plural !== 'persistentvolumeclaims') return usage
  const storage = (object as PersistentVolumeClaim).spec?.resources?.requests?.['storage']
  return storage === undefined ? usage : { ...usage, 'requests.storage': storage }
}

function serviceUsage({ spec }: Service): Usage {
  const isBalanced = spec?.type === 'LoadBalancer'
  const hasNodePorts =
    spec?.type === 'NodePort' || (isBalanced && spec.allocateLoadBalancerNodePorts !== false)
  return {
    'services.loadbalancers': isBalanced ? '1' : '0',
    'services.nodeports': String(hasNodePorts ? (spec?.ports?.length ?? 0) : 0),
  }
}

/** A Pod that is over takes nothing but its place in the store. */
function podUsage(pod: Pod): Usage {
  const count = { 'count/pods': '1' }
  if (isTerminal(pod)) return count
  const usage: Record<string, string> = { ...count, pods: '1' }
  for (const side of ['requests', 'limits'] as const) {
    for (const [name, amount] of Object.entries(computeOf(pod, side))) {
      usage[`${side}.${name}`] = amount
      if (side === 'requests') usage[name] = amount
    }
  }
  return usage
}

const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always'

/** The sum over containers and sidecars, or the largest init container when that needs more. */
function computeOf({ spec }: Pod, side: 'requests' | 'limits'): Usage {
  const starting = spec?.initContainers ?? []
  const totals: Record<string, string> = {}
  for (const { resources } of [...(spec?.containers ?? []), ...starting.filter(isSidecar)]) {
    for (const [name, amount] of Object.entries(resources?.[side] ?? {})) {
      totals[name] = totals[name] === undefined ? amount : addQuantities([totals[name], amount])
    }
  }
  for (const { resources } of starting.filter((container) => !isSidecar(container))) {
    for (const [name, amount] of Object.entries(resources?.[side] ?? {})) {
      if (totals[name] === undefined || compareQuantities(amount, totals[name]) > 0) totals[name] = amount
    }
  }
  return totals
}

/** Which Pods a quota with scopes is about; it is about nothing else. */
const SCOPES: Readonly<Record<string, (pod: Pod) => boolean>> = {
  BestEffort: ({ spec }) => qosClass(spec) === 'BestEffort',
  NotBestEffort: ({ spec }) => qosClass(spec) !== 'BestEffort',
  Terminating: ({ spec }) => spec?.activeDeadlineSeconds !== undefined,
  NotTerminating: ({ spec }) => spec?.activeDeadlineSeconds === undefined,
}

export function inQuotaScope(
  scopes: readonly string[] | undefined,
  resource: Resource,
  object: KubernetesObject,
): boolean {
  if (!scopes?.length) return true
  return resource.plural === 'pods' && scopes.every((scope) => SCOPES[scope]?.(object as Pod) ?? false)
}

/** Computed resources that every container must ask for once a quota limits them. */
export function unspecified(
  hard: Usage,
  pod: Pod,
): readonly (readonly [resource: string, container: string])[] {
  const faults: (readonly [string, string])[] = []
  for (const name of Object.keys(hard).sort()) {
    const [, side = 'requests', resource] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? []
    if (resource === undefined) continue
    for (const container of pod.spec?.containers ?? []) {
      if (container.resources?.[side as 'requests' | 'limits']?.[resource] === undefined)
        faults.push([name, container.name])
    }
  }
  return faults
}
