import type { Pod } from '../../../api/index.ts'
import { isTolerated, matchesNode } from '../../../client/index.ts'
import type { NodeInfo } from './node-info.ts'
import { podAffinityReason } from './pod-affinity.ts'
import { hostPortsOf, requestsOf } from './requests.ts'
import { spreadReason } from './topology-spread.ts'

/** Why a node will not do. One that is `lasting` would not change if other Pods left. */
export interface Rejection {
  readonly reasons: readonly string[]
  readonly lasting: boolean
}

export type Filter = (pod: Pod, info: NodeInfo, all: readonly NodeInfo[]) => Rejection | undefined

const lasting = (reason: string): Rejection => ({ reasons: [reason], lasting: true })
const passing = (...reasons: readonly string[]): Rejection => ({ reasons, lasting: false })

/** The scheduler's default filter plugins, in their order: the first that rejects names the reason. */
export const filters: readonly Filter[] = [
  function nodeUnschedulable(pod, { node }) {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
    if (!node?.spec?.unschedulable || isTolerated(taint, pod.spec?.tolerations)) return undefined
    return lasting('node(s) were unschedulable')
  },
  function nodeName(pod, { name }) {
    const wanted = pod.spec?.nodeName
    return !wanted || wanted === name ? undefined : lasting("node(s) didn't match the requested node name")
  },
  function taintToleration(pod, { node }) {
    const untolerated = (node?.spec?.taints ?? []).some(
      (taint) =>
        (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
        !isTolerated(taint, pod.spec?.tolerations),
    )
    return untolerated ? lasting('node(s) had untolerated taint(s)') : undefined
  },
  function nodeAffinity(pod, { node }) {
    return matchesNode(pod, node!) ? undefined : lasting("node(s) didn't match Pod's node affinity/selector")
  },
  function nodePorts(pod, { hostPorts }) {
    const conflict = hostPortsOf(pod).some(({ ip, key }) =>
      hostPorts.get(key)?.some((used) => used === ip || used === '0.0.0.0' || ip === '0.0.0.0'),
    )
    return conflict ? passing("node(s) didn't have free ports for the requested pod ports") : undefined
  },
  nodeResourcesFit,
  function podTopologySpread(pod, info, all) {
    const reason = spreadReason(pod, info, all)
    return reason && { reasons: [reason.message], lasting: reason.lasting }
  },
  function interPodAffinity(pod, info, all) {
    const reason = podAffinityReason(pod, info, all)
    return reason && { reasons: [reason.message], lasting: reason.lasting }
  },
]

function nodeResourcesFit(pod: Pod, info: NodeInfo): Rejection | undefined {
  const reasons: string[] = []
  let isTooLarge = false
  if (info.pods.size + 1 > (info.allocatable.get('pods') ?? 0)) reasons.push('Too many pods')
  for (const [name, amount] of requestsOf(pod)) {
    const allocatable = info.allocatable.get(name) ?? 0
    if (amount === 0 || amount <= allocatable - (info.requested.get(name) ?? 0)) continue
    reasons.push(`Insufficient ${name}`)
    isTooLarge ||= amount > allocatable
  }
  if (reasons.length === 0) return undefined
  return { ...passing(...reasons), lasting: isTooLarge }
}
