import type { Pod, PodStatus } from '../../../api/generated/types.ts'
import type { Blocking } from '../../../os/index.ts'
import { sleep } from './task.ts'
import type { PodSandbox } from '../container-runtime/index.ts'
import { newRecord, type ContainerRecord } from './container-record.ts'
import type { Latency } from './latencies.ts'
import type { NodeContext } from './node-context.ts'
import { podEvents, type PodEvents } from './pod-events.ts'
import { podStatus, type StatusInput } from './pod-status.ts'
import { PodVolumes } from './volumes.ts'

/** Everything a kubelet knows of one Pod; shared by the steps of its worker. */
export class PodState {
  readonly node: NodeContext
  readonly events: PodEvents
  readonly volumes = new PodVolumes()
  /** What is to run: the Pod of the API, or of a manifest on the node's disk. */
  pod: Pod
  /** The Pod in the API: the same, or the mirror of a static Pod, once there is one. */
  apiPod: Pod | undefined
  records: ContainerRecord[]
  sandbox: PodSandbox | undefined
  status: PodStatus
  readonly startedMs: number
  /** No container will be started any more. */
  ending = false
  /** All have ended, the network is gone. */
  ended = false

  constructor(node: NodeContext, pod: Pod, isStatic: boolean) {
    this.node = node
    this.pod = pod
    this.apiPod = isStatic ? undefined : pod
    this.records = recordsOf(pod)
    this.status = pod.status ?? {}
    this.startedMs = node.simulation.nowMs
    this.events = podEvents(node.recorder, () => this.apiPod)
    this.#adopt()
  }

  /** The Pod's, or (before its sandbox is there) the node's with hostNetwork. */
  get podIP(): string | undefined {
    return this.sandbox?.address ?? (this.pod.spec?.hostNetwork ? this.node.address : undefined)
  }

  /** `web_default(9ba29b95-...)`: how messages name a Pod. */
  get fullName(): string {
    const { name, namespace, uid } = this.pod.metadata!
    return `${name}_${namespace}(${uid})`
  }

  /** Works the status out anew and hands it to the status manager. @param settled called when it has arrived */
  publish(settled?: () => void): void {
    const shown = this.#podIPShown()
    this.status = podStatus({ ...this.#statusInput(), podIP: shown })
    if (this.apiPod) this.node.statuses.set(this.apiPod, this.status, settled)
    else settled?.()
  }

  statusInput(): StatusInput {
    return this.#statusInput()
  }

  /** Takes a new version of what is to run: containers that were added (ephemeral ones) get a record. */
  update(pod: Pod): void {
    this.pod = pod
    const known = new Set(this.records.map(({ spec }) => spec.name))
    this.records.push(...recordsOf(pod).filter(({ spec }) => !known.has(spec.name)))
  }

  delay(latency: Latency): Blocking<void> {
    return sleep(this.node.simulation, this.node.latency(latency))
  }

  /** The address is told with the first container that has run, as the recorded Pods do. */
  #podIPShown(): string | undefined {
    const hasRun = this.records.some(({ current, waiting }) => current !== undefined || waiting !== undefined)
    return hasRun || this.pod.spec?.hostNetwork ? this.podIP : this.status.podIP
  }

  #statusInput(): StatusInput {
    const { pod, records, ending, ended, startedMs, node } = this
    return {
      pod,
      previous: this.status,
      records,
      sandboxReady: this.sandbox?.ready ?? false,
      podIP: this.podIP,
      hostIP: node.address,
      startedMs,
      nowMs: node.simulation.nowMs,
      ending,
      ended,
    }
  }

  /** A kubelet that starts anew finds what its predecessor has left running. */
  #adopt(): void {
    const { runtime } = this.node
    this.sandbox = runtime.sandboxOf(this.pod.metadata?.uid ?? '')
    if (!this.sandbox) return
    for (const container of runtime.containersOf(this.sandbox)) {
      const record = this.records.find(({ spec }) => spec.name === container.config.name)
      if (!record) continue
      record.previous = record.current
      record.current = container
      record.restartCount = container.config.attempt
      record.started = !record.spec.startupProbe
      record.ready = !record.spec.readinessProbe
    }
  }
}

function recordsOf({ spec }: Pod): ContainerRecord[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec ?? {}
  return [
    ...initContainers.map((container) => newRecord(container, 'init')),
    ...containers.map((container) => newRecord(container, 'container')),
    ...ephemeralContainers.map((container) => newRecord(container, 'ephemeral')),
  ]
}
