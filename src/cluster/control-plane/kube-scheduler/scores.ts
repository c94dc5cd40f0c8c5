import type { Pod } from '../../../api/index.ts'
import { controllerOf, isTolerated, preferenceFor } from '../../../client/index.ts'
import type { NodeInfo } from './node-info.ts'
import { nonZeroRequestsOf, requestsOf } from './requests.ts'
import { countByDomain } from './topology-spread.ts'

const MAX_SCORE = 100

interface ScorePlugin {
  readonly name: string
  readonly weight: number
  /** A score for each of the nodes, 0 to 100. */
  score(pod: Pod, nodes: readonly NodeInfo[]): readonly number[]
}

/** The scheduler's default score plugins with their weights. */
const plugins: readonly ScorePlugin[] = [
  {
    name: 'NodeResourcesLeastAllocated',
    weight: 1,
    score: (pod, nodes) => nodes.map((info) => leastAllocated(pod, info)),
  },
  {
    name: 'NodeResourcesBalancedAllocation',
    weight: 1,
    score: (pod, nodes) => nodes.map((info) => balanced(pod, info)),
  },
  {
    name: 'TaintToleration',
    weight: 3,
    score: (pod, nodes) => fewestFirst(nodes.map((info) => avoidedTaints(pod, info))),
  },
  {
    name: 'NodeAffinity',
    weight: 2,
    score: (pod, nodes) => mostFirst(nodes.map(({ node }) => preferenceFor(pod, node!))),
  },
  { name: 'PodTopologySpread', weight: 2, score: (pod, nodes) => fewestFirst(crowd(pod, nodes)) },
]

/** The best node; among several best ones chance decides. */
export function bestNode(pod: Pod, nodes: readonly NodeInfo[], choose: (count: number) => number): NodeInfo {
  if (nodes.length === 1) return nodes[0]!
  const totals = nodes.map(() => 0)
  for (const { weight, score } of plugins) {
    for (const [position, value] of score(pod, nodes).entries()) totals[position]! += weight * value
  }
  const highest = Math.max(...totals)
  const best = nodes.filter((_, position) => totals[position] === highest)
  return best[choose(best.length)]!
}

function leastAllocated(pod: Pod, { allocatable, nonZero }: NodeInfo): number {
  const needs = nonZeroRequestsOf(pod)
  const free = (capacity: number, used: number) =>
    capacity === 0 || used > capacity ? 0 : Math.floor(((capacity - used) * MAX_SCORE) / capacity)
  const cpu = free(allocatable.get('cpu') ?? 0, nonZero.cpu + needs.cpu)
  const memory = free(allocatable.get('memory') ?? 0, nonZero.memory + needs.memory)
  return Math.floor((cpu + memory) / 2)
}

/** The nearer CPU and memory use are to each other, the better. */
function balanced(pod: Pod, { allocatable, requested }: NodeInfo): number {
  const needs = requestsOf(pod)
  if (needs.size === 0) return 0
  const fraction = (name: string) => {
    const capacity = allocatable.get(name) ?? 0
    return capacity === 0 ? 1 : Math.min(1, ((requested.get(name) ?? 0) + (needs.get(name) ?? 0)) / capacity)
  }
  return Math.floor((1 - Math.abs(fraction('cpu') - fraction('memory')) / 2) * MAX_SCORE)
}

function avoidedTaints(pod: Pod, { node }: NodeInfo): number {
  const soft = (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'PreferNoSchedule')
  return soft.filter((taint) => !isTolerated(taint, pod.spec?.tolerations)).length
}

/** How many of its kind are where the Pod would go: by its own constraints, or by default by node. */
function crowd(pod: Pod, nodes: readonly NodeInfo[]): number[] {
  const soft = (pod.spec?.topologySpreadConstraints ?? []).filter(
    (it) => it.whenUnsatisfiable === 'ScheduleAnyway',
  )
  if (soft.length > 0) {
    const counts = soft.map((constraint) => ({ constraint, byDomain: countByDomain(pod, constraint, nodes) }))
    return nodes.map(({ node }) =>
      counts.reduce(
        (sum, { constraint, byDomain }) =>
          sum + (byDomain.get(node?.metadata?.labels?.[constraint.topologyKey] ?? '') ?? 0),
        0,
      ),
    )
  }
  const controller = controllerOf(pod)?.uid
  return nodes.map(({ byController }) => (controller === undefined ? 0 : (byController.get(controller) ?? 0)))
}

function mostFirst(values: readonly number[]): number[] {
  const most = Math.max(...values)
  return values.map((value) => (most === 0 ? 0 : Math.floor((value * MAX_SCORE) / most)))
}

function fewestFirst(values: readonly number[]): number[] {
  const most = Math.max(...values)
  const fewest = Math.min(...values)
  return values.map((value) =>
    most === 0 ? MAX_SCORE : Math.floor(((most + fewest - value) * MAX_SCORE) / most),
  )
}
