import * as api from '../../../api/index.ts'
import type { Lease, Node, Pod, PodCondition } from '../../../api/index.ts'
import {
  Informer,
  isDeleting,
  nameOf,
  namespaceOf,
  uidOf,
  type Client,
  type Result,
} from '../../../client/index.ts'
import { formatMicroTimestamp } from '../../../encoding/time.ts'

export interface HollowNodeOptions {
  readonly name: string
  readonly address: string
  /** First three numbers of the Pods' addresses: `10.244.1`. */
  readonly podNetwork: string
  readonly pods?: number
  readonly cpu?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Containers of this image never start. */
  readonly neverReady?: string
  /** From bound to running and ready, and from deleted to gone, in ms. */
  readonly startMs?: number
  readonly stopMs?: number
}

/** A node without a kubelet: it says that what is bound to it runs, and that what is deleted has stopped. */
export class HollowNode {
  readonly name: string
  readonly #client: Client
  readonly #options: HollowNodeOptions
  readonly #pods: Informer<Pod>
  readonly #started = new Set<string>()
  readonly #stopping = new Set<string>()
  #addresses = 1
  #silent = false

  constructor(client: Client, options: HollowNodeOptions) {
    this.#client = client
    this.#options = options
    this.name = options.name
    this.#pods = new Informer(client, api.pod, { fieldSelector: `spec.nodeName=${options.name}` })
    this.#pods.onChange((next) => next && this.#sync(next))
    client.create(api.node, hollow(options), (result) => {
      if (result.ok) this.#becomeReady(result.object)
    })
    this.#beat(undefined)
    this.#pods.start()
  }

  #becomeReady(node: Node): void {
    const allocatable = {
      cpu: this.#options.cpu ?? '2',
      memory: '8Gi',
      pods: String(this.#options.pods ?? 110),
    }
    const now = this.#client.simulation.timestamp()
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'ready',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    }
    const addresses = [{ type: 'InternalIP', address: this.#options.address }]
    this.#client.updateStatus(api.node, {
      ...node,
      status: { ...node.status, capacity: allocatable, allocatable, addresses, conditions: [ready] },
    })
  }

  /** Falls silent: as if its machine had lost power. */
  stop(): void {
    this.#silent = true
    this.#pods.stop()
  }

  #beat(lease: Lease | undefined): void {
    const { simulation } = this.#client
    const beat = (result: Result<Lease>) => {
      simulation.schedule(10_000, () => !this.#silent && this.#beat(result.ok ? result.object : lease))
    }
    const spec = {
      holderIdentity: this.name,
      renewTime: formatMicroTimestamp(simulation.nowMs),
      leaseDurationSeconds: 40,
    }
    if (lease) return void this.#client.update(api.lease, { ...lease, spec }, beat)
    const metadata = { name: this.name, namespace: 'kube-node-lease' }
    this.#client.create(
      api.lease,
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec },
      beat,
    )
  }

  #sync(pod: Pod): void {
    const { simulation } = this.#client
    const uid = uidOf(pod)
    if (isDeleting(pod)) {
      if (this.#stopping.has(uid)) return
      this.#stopping.add(uid)
      simulation.schedule(this.#options.stopMs ?? 300, () => this.#stop(pod))
    } else if (!this.#started.has(uid) && pod.spec?.containers[0]?.image !== this.#options.neverReady) {
      this.#started.add(uid)
      simulation.schedule(this.#options.startMs ?? 700, () => this.#start(pod))
    }
  }

  #start(pod: Pod): void {
    const known = this.#pods.get(namespaceOf(pod), nameOf(pod))
    if (!known || uidOf(known) !== uidOf(pod) || isDeleting(known)) return
    const n = this.#addresses++
    const podIP = `${this.#options.podNetwork}.${n % 250}${n >= 250 ? `.${Math.floor(n / 250)}` : ''}`
    const lastTransitionTime = this.#client.simulation.timestamp()
    const conditions = [
      'PodReadyToStartContainers',
      'Initialized',
      'Ready',
      'ContainersReady',
      'PodScheduled',
    ].map((type): PodCondition => ({ type, status: 'True', lastTransitionTime }))
    const status = { ...known.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions }
    this.#client.updateStatus(api.pod, { ...known, status })
  }

  #stop(pod: Pod): void {
    const known = this.#pods.get(namespaceOf(pod), nameOf(pod))
    if (!known) return
    const status = { ...known.status, phase: 'Succeeded' }
    this.#client.updateStatus(api.pod, { ...known, status }, () => {
      this.#client.delete(api.pod, namespaceOf(pod), nameOf(pod), { gracePeriodSeconds: 0 })
    })
  }
}

function hollow({ name, labels }: HollowNodeOptions): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } },
  }
}
