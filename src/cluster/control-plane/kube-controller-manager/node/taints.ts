import type { Node, NodeCondition, Taint } from '../../../../api/index.ts'

export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

export const readyCondition = (node: Node): NodeCondition | undefined =>
  node.status?.conditions?.find(({ type }) => type === 'Ready')

/** Which status of which condition is which taint. */
const BY_CONDITION: readonly [type: string, status: string, taint: string][] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
]

const MANAGED = new Set([...BY_CONDITION.map(([, , key]) => key), UNSCHEDULABLE])

/** The node's taints as its conditions and `spec.unschedulable` have them; taints of others stay. */
export function taintsFor(node: Node, now: string): Taint[] {
  const conditions = node.status?.conditions ?? []
  const keys = BY_CONDITION.filter(([type, status]) =>
    conditions.some((condition) => condition.type === type && condition.status === status),
  ).map(([, , key]) => key)
  const executing = keys.filter((key) => key === NOT_READY || key === UNREACHABLE)
  const scheduling = [...keys, ...(node.spec?.unschedulable ? [UNSCHEDULABLE] : [])]
  const known = node.spec?.taints ?? []
  const keep = (key: string, effect: string): Taint =>
    known.find((taint) => taint.key === key && taint.effect === effect) ?? { key, effect, timeAdded: now }
  return [
    ...known.filter(({ key, effect }) => !MANAGED.has(key) || effect === 'PreferNoSchedule'),
    ...scheduling.map((key) => keep(key, 'NoSchedule')),
    ...executing.map((key) => keep(key, 'NoExecute')),
  ]
}
