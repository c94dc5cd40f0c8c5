import type { Pod } from '../../../api/index.ts'
import { filters, type Rejection } from './filters.ts'
import type { NodeInfo } from './node-info.ts'
import { bestNode } from './scores.ts'

export type Decision =
  | {
      readonly kind: 'node'
      readonly nodeName: string
      readonly rejected: Readonly<Record<string, readonly string[]>>
    }
  | {
      readonly kind: 'none'
      readonly message: string
      readonly rejected: Readonly<Record<string, readonly string[]>>
    }

/**
 * The node for a Pod, or why there is none in kube-scheduler's words.
 * @param choose picks one of `count` equally good nodes.
 */
export function decide(pod: Pod, nodes: readonly NodeInfo[], choose: (count: number) => number): Decision {
  if (nodes.length === 0)
    return { kind: 'none', message: 'no nodes available to schedule pods', rejected: {} }
  const feasible: NodeInfo[] = []
  const rejections = new Map<string, Rejection>()
  for (const info of nodes) {
    const rejection = firstRejection(pod, info, nodes)
    if (rejection) rejections.set(info.name, rejection)
    else feasible.push(info)
  }
  const rejected = Object.fromEntries([...rejections].map(([name, { reasons }]) => [name, reasons]))
  if (feasible.length > 0) return { kind: 'node', nodeName: bestNode(pod, feasible, choose).name, rejected }
  return { kind: 'none', message: fitError([...rejections.values()]), rejected }
}

function firstRejection(pod: Pod, info: NodeInfo, nodes: readonly NodeInfo[]): Rejection | undefined {
  for (const filter of filters) {
    const rejection = filter(pod, info, nodes)
    if (rejection) return rejection
  }
  return undefined
}

/** `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ...` */
function fitError(rejections: readonly Rejection[]): string {
  const head = `0/${rejections.length} nodes are available: `
  const preemption = rejections.map(({ lasting }) =>
    lasting ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  )
  return `${head}${tally(rejections.flatMap(({ reasons }) => reasons))}. no new claims to deallocate, preemption: ${head}${tally(preemption)}.`
}

function tally(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}
