import * as api from '../../../../api/index.ts'
import type { Node, NodeCondition, Pod } from '../../../../api/index.ts'
import {
  controller,
  equal,
  event,
  index,
  nameOf,
  patch,
  requeueAfter,
  updateStatus,
  watch,
  type Controller,
  type ReconcileContext,
  type Write,
} from '../../../../client/index.ts'
import { isReady, isTerminal } from '../pods.ts'
import { readyCondition, taintsFor } from './taints.ts'

/** `--node-monitor-period` and `--node-monitor-grace-period`. */
const MONITOR_PERIOD_MS = 5000
const GRACE_PERIOD_MS = 50_000
const LEASES = 'kube-node-lease'

const UNKNOWN_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The last sign of life of a node: what its Lease or status said, and when that was first seen here. */
interface Heartbeat {
  readonly sign: string
  readonly seenMs: number
}

export const podsByNode = index<Pod>(api.pod, 'node', (pod) =>
  pod.spec?.nodeName ? [pod.spec.nodeName] : [],
)

/** Notices that a kubelet went silent, says so in the node's conditions and taints, and takes its Pods out of service. */
export function nodeLifecycle(): Controller {
  const heartbeats = new Map<string, Heartbeat>()
  const registered = new Set<string>()
  return controller<Node>({
    name: 'node-controller',
    for: api.node,
    indexes: [podsByNode],
    watches: [
      watch(
        api.lease,
        () => [],
        () => false,
      ),
      watch(
        api.pod,
        () => [],
        () => false,
      ),
    ],
    reconcile(node, context) {
      const silentMs = silenceOf(node, heartbeats, context)
      const isSilent = silentMs >= GRACE_PERIOD_MS && readyCondition(node)?.status !== 'Unknown'
      return [
        ...greet(node, registered),
        ...(isSilent ? declareUnknown(node, context) : taint(node, context)),
        ...(readyCondition(node)?.status === 'True' ? [] : unreadyPods(node, context)),
        requeueAfter(MONITOR_PERIOD_MS),
      ]
    },
    gone(name) {
      heartbeats.delete(name)
      registered.delete(name)
      return []
    },
  })
}

function silenceOf(node: Node, heartbeats: Map<string, Heartbeat>, context: ReconcileContext): number {
  const lease = context.get(api.lease, LEASES, nameOf(node))
  const sign = `${lease?.spec?.renewTime} ${readyCondition(node)?.lastHeartbeatTime}`
  const known = heartbeats.get(nameOf(node))
  if (known?.sign === sign) return context.nowMs - known.seenMs
  heartbeats.set(nameOf(node), { sign, seenMs: context.nowMs })
  return 0
}

function greet(node: Node, registered: Set<string>): Write[] {
  if (registered.has(nameOf(node))) return []
  registered.add(nameOf(node))
  const message = `Node ${nameOf(node)} event: Registered Node ${nameOf(node)} in Controller`
  return [event(api.node, node, 'Normal', 'RegisteredNode', message)]
}

function declareUnknown(node: Node, context: ReconcileContext): Write[] {
  const now = context.simulation.timestamp()
  const conditions = (node.status?.conditions ?? []).map((condition): NodeCondition =>
    UNKNOWN_CONDITIONS.includes(condition.type) && condition.status !== 'Unknown'
      ? {
          ...condition,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        }
      : condition,
  )
  const message = `Node ${nameOf(node)} status is now: NodeNotReady`
  return [
    updateStatus(api.node, { ...node, status: { ...node.status, conditions } }),
    event(api.node, node, 'Normal', 'NodeNotReady', message),
  ]
}

function taint(node: Node, context: ReconcileContext): Write[] {
  if (!node.status?.conditions) return []
  const taints = taintsFor(node, context.simulation.timestamp())
  if (equal(taints, node.spec?.taints)) return []
  const { taints: _, ...spec } = node.spec ?? {}
  const next = { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec }
  return [
    patch(api.node, next, {
      type: 'merge',
      body: { spec: { taints }, metadata: { resourceVersion: node.metadata?.resourceVersion } },
    }),
  ]
}

/** Services must stop sending to Pods of a node nobody hears of. */
function unreadyPods(node: Node, context: ReconcileContext): Write[] {
  const now = context.simulation.timestamp()
  return context
    .byIndex(api.pod, 'node', nameOf(node))
    .filter((pod) => isReady(pod) && !isTerminal(pod))
    .map((pod) => {
      const conditions = (pod.status?.conditions ?? []).map((condition) =>
        condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: now } : condition,
      )
      return updateStatus(
        api.pod,
        { ...pod, status: { ...pod.status, conditions } },
        { tolerate: ['NotFound', 'Conflict'] },
      )
    })
}
