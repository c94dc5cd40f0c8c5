import type { Node, Pod } from '../../../api/generated/types.ts'
import { configMap } from '../../../api/kinds/config-map.ts'
import { node as nodeKind } from '../../../api/kinds/node.ts'
import { pod as podKind } from '../../../api/kinds/pod.ts'
import { secret } from '../../../api/kinds/secret.ts'
import { service } from '../../../api/kinds/service.ts'
import type { Answer, ApiRequest } from '../../../api/wire.ts'
import { EventRecorder, Informer, createClient, keyOf, uidOf, type Transport } from '../../../client/index.ts'
import type { Host } from '../../../network/index.ts'
import type { Machine } from '../../../os/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import type { ContainerRuntime } from '../container-runtime/index.ts'
import { Backoff } from './backoff.ts'
import { ImageManager } from './image-manager.ts'
import { installFirewall } from './iptables.ts'
import { RELIST_PERIOD_MS, SYNC_BACKOFF_MS } from './latencies.ts'
import type { NodeContext } from './node-context.ts'
import { ALLOCATABLE, NODE_INFO } from './node-facts.ts'
import { NodeRegistration } from './node-registration.ts'
import type { DnsSettings } from './pod-files.ts'
import { PodWorker } from './pod-worker.ts'
import { ReferencedObjects } from './references.ts'
import { serve } from './server/server.ts'
import { StaticPods, isMirror, mirrorOf } from './static-pods.ts'
import { StatusManager } from './status-manager.ts'

export interface KubeletOptions {
  readonly simulation: Simulation
  /** To the API server, as `system:node:NAME`. */
  readonly transport: Transport
  readonly runtime: ContainerRuntime
  /** The node's operating system: its files have the manifests of static Pods, /etc/resolv.conf and /etc/hosts. */
  readonly machine: Machine
  /** The node's network, from where probes are made. */
  readonly host: Host
  readonly node: {
    readonly name: string
    /** InternalIP. */
    readonly address: string
    readonly labels?: Readonly<Record<string, string>>
    readonly taints?: NonNullable<NonNullable<Node['spec']>['taints']>
  }
  readonly dns: DnsSettings
}

export interface Kubelet {
  /** What the API server asks of it: logs, exec, attach, port-forward. */
  handle(request: ApiRequest): Answer
  /** The process ends; containers go on. Started again on the same runtime, a kubelet takes over what it finds. */
  stop(): void
}

/** Starts a node's agent: it makes the node known, runs the Pods bound to it, and tells how they are. */
export function startKubelet(options: KubeletOptions): Kubelet {
  return new RunningKubelet(options)
}

class RunningKubelet implements Kubelet {
  readonly #context: NodeContext
  readonly #options: KubeletOptions
  readonly #workers = new Map<string, PodWorker>()
  /** Workers of static Pods by `namespace/name`, which is what their mirrors are known by. */
  readonly #staticWorkers = new Map<string, PodWorker>()
  readonly #pods: Informer<Pod>
  readonly #nodes: Informer<Node>
  readonly #registration: NodeRegistration
  readonly #staticPods: StaticPods
  readonly #mirrorsUnderWay = new Set<string>()
  #stopped = false

  constructor(options: KubeletOptions) {
    this.#options = options
    const { simulation, transport, runtime, node, host, machine } = options
    const user = { username: `system:node:${node.name}`, groups: ['system:nodes', 'system:authenticated'] }
    const client = createClient({
      transport,
      simulation,
      userAgent: `kubelet/${NODE_INFO.kubeletVersion}`,
      user,
    })
    const recorder = new EventRecorder(client, 'kubelet', node.name)
    const random = simulation.random(`kubelet ${node.name}`)
    const latency: NodeContext['latency'] = ({ ms, spread }) => random.between(ms, ms + spread)
    const startedMs = simulation.nowMs
    this.#context = {
      simulation,
      nodeName: node.name,
      address: node.address,
      files: machine.files,
      sockets: host.sockets,
      allocatable: ALLOCATABLE,
      dns: options.dns,
      runtime,
      images: new ImageManager(runtime.images, simulation),
      client,
      recorder,
      statuses: new StatusManager(client, latency),
      services: new Informer(client, service),
      configMaps: new ReferencedObjects(client, configMap),
      secrets: new ReferencedObjects(client, secret),
      restarts: new Backoff(),
      latency,
      untilRelist: () => RELIST_PERIOD_MS - ((simulation.nowMs - startedMs) % RELIST_PERIOD_MS) + 1,
      jitter: () => random.between(1, 1.5),
    }
    this.#registration = new NodeRegistration({
      client,
      simulation,
      recorder,
      name: node.name,
      address: node.address,
      labels: node.labels ?? {},
      taints: node.taints,
      images: runtime.images,
      networkReady: () => runtime.cni.ready,
    })
    this.#pods = new Informer(client, podKind, { fieldSelector: `spec.nodeName=${node.name}` })
    this.#nodes = new Informer(client, nodeKind, { fieldSelector: `metadata.name=${node.name}` })
    this.#staticPods = new StaticPods({
      files: machine.files,
      nodeName: node.name,
      simulation,
      changed: (pods) => this.#staticPodsChanged(pods),
    })
    this.#start()
  }

  handle(request: ApiRequest): Answer {
    return serve((namespace, name) => this.#find(namespace, name)?.state, request)
  }

  stop(): void {
    this.#stopped = true
    this.#registration.stop()
    this.#staticPods.stop()
    this.#pods.stop()
    this.#nodes.stop()
    this.#context.services.stop()
    this.#context.configMaps.stop()
    this.#context.secrets.stop()
    this.#options.runtime.onContainerExit(() => {})
    for (const worker of [...this.#workers.values(), ...this.#staticWorkers.values()]) worker.stop()
  }

  #start(): void {
    installFirewall(this.#options.host.netfilter)
    this.#options.runtime.onContainerExit((container) => {
      const { uid } = container.sandbox.config
      const worker =
        this.#workers.get(uid) ??
        [...this.#staticWorkers.values()].find(({ state }) => uidOf(state.pod) === uid)
      worker?.containerExited(container)
    })
    this.#staticPods.start()
    this.#registration.start()
    this.#pods.onChange((next, previous) => {
      this.#podChanged(next, previous)
      this.#ensureMirrors()
    })
    this.#nodes.onChange((next) => {
      if (next) this.#registration.changed(next)
      this.#ensureMirrors()
    })
    // Environment variables are made of Services: no Pod of the API begins before they are known.
    this.#context.services.onChange(() => this.#pods.start())
    this.#context.services.start()
    this.#nodes.start()
  }

  #find(namespace: string, name: string): PodWorker | undefined {
    const pod = this.#pods.get(namespace, name)
    return this.#staticWorkers.get(`${namespace}/${name}`) ?? (pod && this.#workers.get(uidOf(pod)))
  }

  #podChanged(next: Pod | undefined, previous: Pod | undefined): void {
    if (previous && (!next || uidOf(next) !== uidOf(previous))) this.#podGone(previous)
    if (!next) return
    if (isMirror(next)) return this.#staticWorkers.get(keyOf(next))?.apiChanged(next)
    const worker = this.#workers.get(uidOf(next)) ?? this.#admit(next)
    if (!worker) return
    worker.state.apiPod = next
    worker.update(next)
    const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = next.metadata ?? {}
    const earlierGrace = previous?.metadata?.deletionGracePeriodSeconds
    const graceChanged = earlierGrace !== deletionGracePeriodSeconds
    if (deletionTimestamp && graceChanged) worker.terminate(deletionGracePeriodSeconds * 1000)
  }

  /** A Pod that had come to its end before this kubelet began needs nothing, unless it is to be deleted. */
  #admit(pod: Pod): PodWorker | undefined {
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (over && !pod.metadata?.deletionTimestamp) return undefined
    const uid = uidOf(pod)
    const worker = new PodWorker(this.#context, pod, false, () => this.#workers.delete(uid))
    this.#workers.set(uid, worker)
    return worker
  }

  /** The object is gone: forced, or this worker's own doing. */
  #podGone(pod: Pod): void {
    const key = keyOf(pod)
    const owner = this.#staticWorkers.get(key)
    if (isMirror(pod) && owner) {
      owner.apiChanged(undefined)
      return this.#ensureMirror(key, owner)
    }
    const graceSeconds =
      pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30
    this.#workers.get(uidOf(pod))?.terminate(graceSeconds * 1000, true)
  }

  #staticPodsChanged(pods: readonly Pod[]): void {
    const wanted = new Map(pods.map((pod) => [keyOf(pod), pod]))
    for (const [key, worker] of this.#staticWorkers) {
      if (uidOf(wanted.get(key) ?? {}) === uidOf(worker.state.pod)) continue
      this.#deleteMirror(worker)
      worker.terminate((worker.state.pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000, true)
    }
    for (const [key, pod] of wanted) if (!this.#staticWorkers.has(key)) this.#runStatic(key, pod)
  }

  #runStatic(key: string, pod: Pod): void {
    const worker = new PodWorker(this.#context, pod, true, () => {
      this.#staticWorkers.delete(key)
      if (!this.#stopped) this.#staticPods.read()
    })
    this.#staticWorkers.set(key, worker)
    this.#ensureMirror(key, worker)
  }

  #ensureMirrors(): void {
    for (const [key, worker] of this.#staticWorkers) this.#ensureMirror(key, worker)
  }

  /** Shows a static Pod in the API. */
  #ensureMirror(key: string, worker: PodWorker): void {
    if (this.#stopped || worker.state.apiPod || worker.state.ending || !this.#pods.synced) return
    const existing = this.#pods.getByKey(key)
    if (existing) return worker.apiChanged(existing)
    const { name, uid } = this.#registration.node?.metadata ?? {}
    if (!name || this.#mirrorsUnderWay.has(key)) return
    this.#mirrorsUnderWay.add(key)
    const mirror = mirrorOf(worker.state.pod, { name, uid })
    this.#context.client.create(podKind, mirror, ({ ok }) => {
      const again = () => {
        this.#mirrorsUnderWay.delete(key)
        if (!ok) this.#ensureMirror(key, worker)
      }
      if (ok) again()
      else this.#context.simulation.schedule(SYNC_BACKOFF_MS, again)
    })
  }

  #deleteMirror({ state }: PodWorker): void {
    const { namespace, name } = state.apiPod?.metadata ?? {}
    if (name) this.#context.client.delete(podKind, namespace, name, { gracePeriodSeconds: 0 })
  }
}
