import type { Deployment, ReplicaSet } from '../../../../api/index.ts'
import { availableSum, maxReplicasAnnotation, replicasOf, specSum, type ReplicaSets } from './replica-sets.ts'

/** How many Pods may be too many and too few during a rolling update. */
export interface Leeway {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/** Sizes that ReplicaSets should be given, by ReplicaSet; those that stay as they are do not appear. */
export type Sizes = ReadonlyMap<ReplicaSet, number>

export const wanted = (deployment: Deployment): number => deployment.spec?.replicas ?? 1

/** Per cent of the replicas: surge rounds up, unavailability down; both zero would never move, so then one may be away. */
export function leewayOf(deployment: Deployment): Leeway {
  const rolling = deployment.spec?.strategy?.rollingUpdate
  if (deployment.spec?.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 }
  const replicas = wanted(deployment)
  const maxSurge = share(rolling?.maxSurge ?? '25%', replicas, Math.ceil)
  const maxUnavailable = share(rolling?.maxUnavailable ?? '25%', replicas, Math.floor)
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) }
}

function share(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value
  return round((Number.parseInt(value, 10) * replicas) / 100)
}

/** The size of the new ReplicaSet: as large as surge permits, at most what is wanted. */
export function sizeOfCurrent(deployment: Deployment, sets: ReplicaSets, { maxSurge }: Leeway): number {
  const replicas = wanted(deployment)
  const now = sets.current ? replicasOf(sets.current) : 0
  if (deployment.spec?.strategy?.type === 'Recreate' || now > replicas) return replicas
  const room = replicas + maxSurge - specSum(sets.all)
  return room <= 0 ? now : now + Math.min(room, replicas - now)
}

/** How many old Pods can go without anybody missing them: those that do not serve. */
export function shrinkUnhealthy(deployment: Deployment, sets: ReplicaSets, leeway: Leeway): Sizes {
  const sizes = new Map<ReplicaSet, number>()
  let budget = shrinkBudget(deployment, sets, leeway)
  for (const old of sets.old) {
    const unhealthy = replicasOf(old) - (old.status?.availableReplicas ?? 0)
    const take = Math.min(budget, Math.max(0, unhealthy))
    if (take <= 0) continue
    sizes.set(old, replicasOf(old) - take)
    budget -= take
  }
  return sizes
}

/** After that, as many old Pods as availability permits; `sizes` are the sizes so far. */
export function shrinkHealthy(
  deployment: Deployment,
  sets: ReplicaSets,
  leeway: Leeway,
  sizes: Sizes,
): Sizes {
  const smaller = new Map(sizes)
  if (shrinkBudget(deployment, sets, leeway) <= 0) return smaller
  let spare = availableSum(sets.all) - (wanted(deployment) - leeway.maxUnavailable)
  for (const old of sets.old) {
    const size = sizes.get(old) ?? replicasOf(old)
    const take = Math.min(spare, size)
    if (take <= 0) continue
    smaller.set(old, size - take)
    spare -= take
  }
  return smaller
}

/** What may be taken from the old ones when the new one's missing Pods count as unavailable. */
function shrinkBudget(
  deployment: Deployment,
  { all, current }: ReplicaSets,
  { maxUnavailable }: Leeway,
): number {
  const missing = current ? replicasOf(current) - (current.status?.availableReplicas ?? 0) : 0
  return specSum(all) - (wanted(deployment) - maxUnavailable) - missing
}

/** The sizes after `spec.replicas` changed: all to the one that lives, or each its share while several do. */
export function rescale(deployment: Deployment, sets: ReplicaSets, leeway: Leeway): Sizes {
  const replicas = wanted(deployment)
  const active = sets.all.filter((set) => replicasOf(set) > 0)
  const latest =
    active.length === 0 ? (sets.current ?? sets.all.at(-1)) : active.length === 1 ? active[0] : undefined
  if (latest) return new Map(replicasOf(latest) === replicas ? [] : [[latest, replicas]])
  if (isSaturated(deployment, sets.current)) {
    return new Map(sets.old.filter((set) => replicasOf(set) > 0).map((set) => [set, 0]))
  }
  if (deployment.spec?.strategy?.type === 'Recreate') return new Map()
  return proportional(deployment, active, replicas > 0 ? replicas + leeway.maxSurge : 0)
}

const isSaturated = (deployment: Deployment, current: ReplicaSet | undefined): boolean =>
  current !== undefined &&
  replicasOf(current) === wanted(deployment) &&
  current.status?.availableReplicas === wanted(deployment)

/** Each ReplicaSet grows or shrinks in proportion to its size; what rounding leaves goes to the largest. */
function proportional(deployment: Deployment, active: readonly ReplicaSet[], allowed: number): Sizes {
  const toAdd = allowed - specSum(active)
  const isGrowing = toAdd > 0
  const bySize = [...active].sort(
    (a, b) => replicasOf(b) - replicasOf(a) || (isGrowing ? newer(a, b) : newer(b, a)),
  )
  const sizes = new Map<ReplicaSet, number>()
  let added = 0
  for (const set of bySize) {
    const left = toAdd - added
    const portion = toAdd === 0 ? 0 : portionOf(deployment, set, allowed)
    const change = isGrowing ? Math.min(portion, left) : Math.max(portion, left)
    sizes.set(set, replicasOf(set) + change)
    added += change
  }
  const largest = bySize[0]
  if (largest) sizes.set(largest, Math.max(0, sizes.get(largest)! + toAdd - added))
  return sizes
}

function portionOf(deployment: Deployment, set: ReplicaSet, allowed: number): number {
  const size = replicasOf(set)
  if (wanted(deployment) === 0) return -size
  const before = maxReplicasAnnotation(set) || deployment.status?.replicas || allowed
  return Math.round((size * allowed) / before) - size
}

const newer = (a: ReplicaSet, b: ReplicaSet): number =>
  (b.metadata?.creationTimestamp ?? '') < (a.metadata?.creationTimestamp ?? '') ? -1 : 1
