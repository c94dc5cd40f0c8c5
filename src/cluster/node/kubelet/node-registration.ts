import type { Lease, Node, NodeStatus } from '../../../api/generated/types.ts'
import { lease as leaseKind } from '../../../api/kinds/lease.ts'
import { node as nodeKind } from '../../../api/kinds/node.ts'
import type { Client, EventRecorder } from '../../../client/index.ts'
import { formatMicroTimestamp } from '../../../encoding/time.ts'
import type { Simulation, Timer } from '../../../sim/index.ts'
import type { ImageStore } from '../container-runtime/index.ts'
import { LEASE_DURATION_SECONDS, LEASE_RENEW_MS, NODE_STATUS_MS } from './latencies.ts'
import { ALLOCATABLE, CAPACITY, NODE_INFO, NODE_STATUS, imagesOf, nodeConditions } from './node-facts.ts'
import { same } from './status-manager.ts'

export interface NodeRegistrationOptions {
  readonly client: Client
  readonly simulation: Simulation
  readonly recorder: EventRecorder
  readonly name: string
  readonly address: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: NonNullable<Node['spec']>['taints']
  readonly images: ImageStore
  /** Whether the network plugin can take Pods in. */
  readonly networkReady: () => boolean
}

const LEASE_NAMESPACE = 'kube-node-lease'
/** What changes meanwhile (images, a condition) is noticed this often. */
const STATUS_CHECK_MS = 10_000
/** ... but a node that is about to become ready is looked at more often. */
const UNREADY_CHECK_MS = 100
const REGISTRATION_RETRY_MS = 1000

/** Makes this machine a Node of the cluster and keeps saying that it lives: a Lease every 10 s, its status when that changes. */
export class NodeRegistration {
  readonly #options: NodeRegistrationOptions
  #node: Node | undefined
  #lease: Lease | undefined
  #postedMs = 0
  #unschedulable = false
  #timers: Timer[] = []
  #stopped = false

  constructor(options: NodeRegistrationOptions) {
    this.#options = options
  }

  /** The Node as the API last gave it. */
  get node(): Node | undefined {
    return this.#node
  }

  start(): void {
    const { client, name } = this.#options
    client.create(nodeKind, this.#newNode(), (result) => {
      if (this.#stopped) return
      if (result.ok) return this.#registered(result.object)
      if (result.status.reason !== 'AlreadyExists')
        return this.#later(REGISTRATION_RETRY_MS, () => this.start())
      client.get(nodeKind, undefined, name, (found) => {
        if (this.#stopped) return
        if (found.ok) this.#registered(found.object)
        else this.#later(REGISTRATION_RETRY_MS, () => this.start())
      })
    })
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
  }

  /** The Node was changed by others: cordoned, say. */
  changed(node: Node): void {
    const { recorder, name } = this.#options
    this.#node = node
    const unschedulable = node.spec?.unschedulable ?? false
    if (unschedulable === this.#unschedulable) return
    this.#unschedulable = unschedulable
    const reason = unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable'
    recorder.record(
      { kind: 'Node', name, uid: name },
      'Normal',
      reason,
      `Node ${name} status is now: ${reason}`,
    )
  }

  #registered(node: Node): void {
    this.#node = node
    this.#unschedulable = node.spec?.unschedulable ?? false
    this.#postStatus()
    this.#renewLease()
  }

  #newNode(): Node {
    const { name, labels, taints } = this.#options
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          ...labels,
        },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: taints ? { taints } : {},
      status: this.#status([]),
    }
  }

  #status(conditions: NonNullable<NodeStatus['conditions']>): NodeStatus {
    const { name, address, simulation, images } = this.#options
    const id = (what: string) => simulation.random(`${what} ${name}`).string(32, '0123456789abcdef')
    const known = this.#node?.status?.nodeInfo
    return {
      capacity: CAPACITY,
      allocatable: ALLOCATABLE,
      conditions: nodeConditions(conditions, simulation.nowMs, this.#options.networkReady()),
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      ...NODE_STATUS,
      nodeInfo: known ?? {
        machineID: id('machine'),
        systemUUID: simulation.random(`system ${name}`).uuid(),
        bootID: simulation.random(`boot ${name}`).uuid(),
        ...NODE_INFO,
      },
      images: imagesOf(images.list()),
    }
  }

  #postStatus(): void {
    const { client, simulation, name } = this.#options
    const current = this.#node?.status ?? {}
    const next = this.#status(current.conditions ?? [])
    const due = simulation.nowMs - this.#postedMs >= NODE_STATUS_MS
    const turned = hasTurned(current, next)
    const checkMs = this.#options.networkReady() ? STATUS_CHECK_MS : UNREADY_CHECK_MS
    this.#later(checkMs, () => this.#postStatus())
    if (!due && !turned && same(current.images ?? [], next.images)) return
    const body = { status: due || turned ? next : { images: next.images } }
    this.#postedMs = simulation.nowMs
    client.patch(nodeKind, undefined, name, { type: 'strategic', body, subresource: 'status' }, (result) => {
      if (result.ok) this.#node = result.object
      else if (result.code === 404 && !this.#stopped) this.start()
    })
  }

  #renewLease(): void {
    const { client, simulation, name } = this.#options
    this.#later(LEASE_RENEW_MS, () => this.#renewLease())
    const renewTime = formatMicroTimestamp(simulation.nowMs)
    if (this.#lease) {
      const next = { ...this.#lease, spec: { ...this.#lease.spec, renewTime } }
      client.update(leaseKind, next, (result) => (this.#lease = result.ok ? result.object : undefined))
      return
    }
    const uid = this.#node?.metadata?.uid
    const fresh: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace: LEASE_NAMESPACE,
        ...(uid && { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] }),
      },
      spec: { holderIdentity: name, leaseDurationSeconds: LEASE_DURATION_SECONDS, renewTime },
    }
    client.create(leaseKind, fresh, (result) => {
      if (result.ok) this.#lease = result.object
      else if (result.status.reason === 'AlreadyExists') {
        client.get(
          leaseKind,
          LEASE_NAMESPACE,
          name,
          (found) => (this.#lease = found.ok ? found.object : undefined),
        )
      }
    })
  }

  #later(delayMs: number, run: () => void): void {
    if (this.#stopped) return
    const timer = this.#options.simulation.schedule(delayMs, () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
      run()
    })
    this.#timers.push(timer)
  }
}

/** A condition is new or another than the API has it: the node controller found the node silent, say. */
const hasTurned = (current: NodeStatus, next: NodeStatus) =>
  next.conditions?.some(
    ({ type, status }) => current.conditions?.find((each) => each.type === type)?.status !== status,
  )
