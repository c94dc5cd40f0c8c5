import * as api from '../../../api/index.ts'
import type { Binding, Node, Pod, PodCondition } from '../../../api/index.ts'
import {
  createClient,
  equal,
  InformerSet,
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  referenceTo,
  SeriesRecorder,
  uidOf,
  type Transport,
} from '../../../client/index.ts'
import type { Simulation, Timer } from '../../../sim/index.ts'
import { ClusterView } from './cluster-view.ts'
import { decide, type Decision } from './decide.ts'
import { SchedulingQueue } from './scheduling-queue.ts'

const SCHEDULER_NAME = 'default-scheduler'
/** What one scheduling cycle takes; binding goes on beside the next. */
const CYCLE_MS = 1

export interface SchedulerOptions {
  readonly transport: Transport
  readonly simulation: Simulation
  /** The machine it runs on, for its events. Default: `control-plane`. */
  readonly hostname?: string
}

/** Starts kube-scheduler: one Pod at a time is given the best node that will do, and bound to it. */
export function startKubeScheduler({ transport, simulation, hostname = 'control-plane' }: SchedulerOptions): {
  stop(): void
} {
  const client = createClient({
    transport,
    simulation,
    userAgent: 'kube-scheduler/v1.36.3',
    user: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
  })
  const informers = new InformerSet(client)
  const pods = informers.for(api.pod)
  const nodes = informers.for(api.node)
  const recorder = new SeriesRecorder(client, SCHEDULER_NAME, `${SCHEDULER_NAME}-${hostname}`)
  const view = new ClusterView()
  const random = simulation.random('kube-scheduler')
  const queue = new SchedulingQueue(simulation, cycleSoon)
  let cycle: Timer | undefined
  let synced = false

  pods.onChange((next, previous) => {
    if (previous && (!next || uidOf(next) !== uidOf(previous))) {
      queue.remove(uidOf(previous))
      view.forget(previous)
      if (previous.spec?.nodeName) queue.retryUnschedulable()
    }
    if (!next) return
    if (next.spec?.nodeName) {
      queue.remove(uidOf(next))
      const wasRunning = previous !== undefined && !isOver(previous)
      view.observe(next)
      if (wasRunning && isOver(next)) queue.retryUnschedulable()
    } else if (isOurs(next)) queue.put(next)
    else queue.remove(uidOf(next))
  })
  nodes.onChange((next, previous) => {
    if (next) view.setNode(next)
    else if (previous) view.removeNode(nameOf(previous))
    if (next && mayMakeRoom(next, previous)) queue.retryUnschedulable()
  })
  informers.onSync(() => {
    synced = true
    cycleSoon()
  })
  informers.start()

  function cycleSoon(): void {
    if (!cycle && synced) cycle = simulation.schedule(CYCLE_MS, runCycle)
  }

  function runCycle(): void {
    cycle = undefined
    const pod = queue.take()
    if (!pod) return
    const decision = decide(pod, view.nodes, (count) => random.integer(count))
    if (simulation.trace.active) tell(pod, decision)
    if (decision.kind === 'node') bind(pod, decision.nodeName)
    else reject(pod, decision.message)
    cycleSoon()
  }

  function bind(pod: Pod, nodeName: string): void {
    view.assume(pod, nodeName)
    const { namespace, name, uid } = pod.metadata ?? {}
    const binding: Binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: name!, namespace: namespace!, uid: uid! },
      target: { kind: 'Node', name: nodeName },
    }
    client.createSubresource(api.pod, namespace, name!, 'binding', binding, (result) => {
      if (result.ok) {
        queue.remove(uidOf(pod))
        const message = `Successfully assigned ${keyOf(pod)} to ${nodeName}`
        return recorder.record(referenceTo(pod, api.pod), 'Normal', 'Scheduled', 'Binding', message)
      }
      view.forget(pod)
      queue.failed(pod)
      if (result.code !== 404 && result.code !== 409) queue.retryUnschedulable()
    })
  }

  function reject(pod: Pod, message: string): void {
    queue.failed(pod)
    recorder.record(referenceTo(pod, api.pod), 'Warning', 'FailedScheduling', 'Scheduling', message)
    const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    if (known?.message === message && known.status === 'False') return
    const condition: PodCondition = {
      type: 'PodScheduled',
      observedGeneration: pod.metadata?.generation ?? 1,
      status: 'False',
      lastProbeTime: null as never,
      lastTransitionTime: known?.status === 'False' ? known.lastTransitionTime! : simulation.timestamp(),
      reason: 'Unschedulable',
      message,
    }
    const body = { metadata: { uid: uidOf(pod) }, status: { conditions: [condition] } }
    client.patch(api.pod, namespaceOf(pod), nameOf(pod), { type: 'strategic', body, subresource: 'status' })
  }

  function tell(pod: Pod, decision: Decision): void {
    const message =
      decision.kind === 'node'
        ? `${keyOf(pod)} goes to ${decision.nodeName}`
        : `${keyOf(pod)} waits: ${decision.message}`
    simulation.trace.emit({ source: 'kube-scheduler', type: 'reconcile', message, data: decision })
  }

  return {
    stop() {
      cycle?.cancel()
      synced = false
      queue.stop()
      informers.stop()
    },
  }
}

const isOver = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

const isOurs = (pod: Pod): boolean =>
  !isOver(pod) &&
  !isDeleting(pod) &&
  (pod.spec?.schedulerName ?? SCHEDULER_NAME) === SCHEDULER_NAME &&
  (pod.spec?.schedulingGates ?? []).length === 0

/** A heartbeat does not; more room, other labels, fewer taints do. */
function mayMakeRoom(next: Node, previous: Node | undefined): boolean {
  return (
    !equal(next.status?.allocatable, previous?.status?.allocatable) ||
    !equal(next.metadata?.labels, previous?.metadata?.labels) ||
    !equal(next.spec, previous?.spec)
  )
}
