import type { EndpointSlice, Service } from '../../../api/generated/types.ts'
import { endpointSlice } from '../../../api/kinds/endpoint-slice.ts'
import { node as nodeKind } from '../../../api/kinds/node.ts'
import { serviceCIDR } from '../../../api/kinds/service-cidr.ts'
import { service as serviceKind } from '../../../api/kinds/service.ts'
import { createClient, EventRecorder, InformerSet, keyOf, type Transport } from '../../../client/index.ts'
import type { Host } from '../../../network/index.ts'
import type { Simulation, Timer } from '../../../sim/index.ts'
import { clearStaleFlows } from './conntrack-cleanup.ts'
import { HealthServer } from './health-server.ts'
import { writerFor, type Mode } from './modes.ts'
import { planService, type PortPlan } from './plan.ts'
import { endpointsOf, reachable, servicePorts, type ProxyNode, type ServicePort } from './service-port.ts'
import type { ServiceWriter, Surroundings } from './service-writer.ts'

export interface KubeProxyOptions {
  readonly simulation: Simulation
  readonly transport: Transport
  /** The node's network: its netfilter tables, its conntrack, its sockets. */
  readonly host: Host
  readonly nodeName: string
  readonly mode: Mode
  /** `ipvs.scheduler`. */
  readonly scheduler?: string
  /** `clusterCIDR` of the configuration: where Pods have their addresses. */
  readonly clusterCidr: string
}

/** `minSyncPeriod`: changes within it are written together. */
const MIN_SYNC_PERIOD_MS = 1000
/** `syncPeriod`: how often it is looked whether the rules are still there. */
const SYNC_PERIOD_MS = 30_000
/** Everything is written anew this often, whatever happened (`FullSyncPeriod`). */
const FULL_SYNC_PERIOD_MS = 3_600_000

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name'
/** Headless Services have no rules; a label can give a Service to another proxy. */
const OTHER_PROXY_LABEL = 'service.kubernetes.io/service-proxy-name'

/**
 * Watches Services and EndpointSlices, and writes the rules that make a node send what is meant for a Service to one
 * of its endpoints. Stopping it leaves the rules as they are.
 */
export function startKubeProxy(options: KubeProxyOptions): { stop(): void } {
  const proxy = new KubeProxy(options)
  return { stop: () => proxy.stop() }
}

class KubeProxy {
  readonly #options: KubeProxyOptions
  readonly #informers: InformerSet
  readonly #writer: ServiceWriter
  readonly #health: HealthServer
  /** Services (`namespace/name`) with changes that are not written yet. */
  readonly #changed = new Set<string>()
  readonly #ports = new Map<string, readonly ServicePort[]>()
  #node: ProxyNode | undefined
  #forceFull = true
  #lastSyncMs = -Infinity
  #lastFullSyncMs = -Infinity
  #syncTimer: Timer | undefined
  #periodTimer: Timer | undefined

  constructor(options: KubeProxyOptions) {
    const { simulation, transport, host, nodeName } = options
    this.#options = options
    const client = createClient({ transport, simulation, userAgent: 'kube-proxy/v1.36.3' })
    this.#informers = new InformerSet(client)
    this.#writer = writerFor(options.mode, host, options)
    this.#health = new HealthServer(host)
    // Node ports on 127.0.0.1 are a thing of iptables mode alone.
    if (options.mode === 'iptables') host.routeLocalnet = true

    this.#services.onChange((next, previous) => this.#note(keyOf((next ?? previous)!)))
    this.#slices.addIndex('service', (slice) => [serviceOf(slice)])
    this.#slices.onChange((next, previous) => {
      for (const slice of [next, previous]) if (slice) this.#note(serviceOf(slice))
    })
    this.#nodes.onChange((node) => {
      if (!node) return
      const ip = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
      const zone = node.metadata?.labels?.['topology.kubernetes.io/zone']
      if (this.#node && this.#node.ip === ip && this.#node.zone === zone) return
      this.#node = { name: nodeName, ip: ip ?? '127.0.0.1', ...(zone !== undefined && { zone }) }
      for (const service of this.#services.list()) this.#note(keyOf(service))
      this.#forceFull = true
    })
    if (options.mode === 'nftables') {
      this.#serviceCidrs.onChange(() => {
        this.#forceFull = true
        this.#scheduleSync()
      })
    }
    this.#informers.onSync(() => {
      const reference = { kind: 'Node', name: nodeName, uid: nodeName }
      new EventRecorder(client, 'kube-proxy', nodeName).record(reference, 'Normal', 'Starting', '')
      this.#forceFull = true
      this.#scheduleSync()
      this.#checkLater()
    })
    this.#informers.start()
  }

  stop(): void {
    this.#informers.stop()
    this.#syncTimer?.cancel()
    this.#periodTimer?.cancel()
    this.#health.close()
  }

  get #services() {
    return this.#informers.for(serviceKind)
  }

  get #slices() {
    return this.#informers.for(endpointSlice)
  }

  get #nodes() {
    return this.#informers.for(nodeKind, { fieldSelector: `metadata.name=${this.#options.nodeName}` })
  }

  get #serviceCidrs() {
    return this.#informers.for(serviceCIDR)
  }

  #note(service: string): void {
    this.#changed.add(service)
    this.#scheduleSync()
  }

  /** The first change goes at once; those that follow within the period wait for its end, and go together. */
  #scheduleSync(): void {
    if (this.#syncTimer || !this.#informers.synced) return
    const { simulation } = this.#options
    const waitMs = Math.max(0, this.#lastSyncMs + MIN_SYNC_PERIOD_MS - simulation.nowMs)
    this.#syncTimer = simulation.schedule(waitMs, () => this.#sync())
  }

  /** Somebody may flush the tables (a firewall that restarts): then everything is written anew. */
  #checkLater(): void {
    this.#periodTimer = this.#options.simulation.schedule(SYNC_PERIOD_MS, () => {
      const { nowMs } = this.#options.simulation
      if (this.#writer.flushed || nowMs - this.#lastFullSyncMs >= FULL_SYNC_PERIOD_MS) {
        this.#forceFull = true
        this.#scheduleSync()
      }
      this.#checkLater()
    })
  }

  #sync(): void {
    const { simulation, host, nodeName } = this.#options
    this.#syncTimer = undefined
    this.#lastSyncMs = simulation.nowMs
    const node: ProxyNode = this.#node ?? { name: nodeName, ip: '127.0.0.1' }
    const changed = new Map<string, readonly PortPlan[]>()
    for (const key of this.#changed) changed.set(key, this.#plansFor(key, node))
    this.#changed.clear()
    const full = this.#forceFull
    this.#forceFull = false
    if (full) this.#lastFullSyncMs = simulation.nowMs
    const chains = full
      ? this.#writer.fullSync(changed, this.#surroundings(node))
      : this.#writer.partialSync(changed)
    // After the rules: a packet in between would make the stale entry again.
    for (const key of changed.keys())
      clearStaleFlows(host.conntrack, this.#ports.get(key) ?? [], this.#slicesOf(key))
    if (!simulation.trace.active) return
    simulation.trace.emit({
      source: `kube-proxy ${nodeName}`,
      type: 'sync',
      message: `wrote ${chains} chains for ${[...changed.keys()].join(', ') || 'all Services'}`,
      data: { node: nodeName, full, chains, services: [...changed.keys()] },
    })
  }

  #surroundings(node: ProxyNode): Surroundings {
    const ranges = this.#options.mode === 'nftables' ? this.#serviceCidrs.list() : []
    const serviceCidrs = ranges.flatMap(({ spec }) => spec?.cidrs ?? []).filter((cidr) => cidr.includes('.'))
    return { node, serviceCidrs }
  }

  #plansFor(key: string, node: ProxyNode): readonly PortPlan[] {
    const service = this.#services.getByKey(key)
    const served = service && !service.metadata?.labels?.[OTHER_PROXY_LABEL] ? service : undefined
    const slices = this.#slicesOf(key)
    this.#health.update(key, served && localEndpoints(served, slices, node))
    if (!served) {
      this.#ports.delete(key)
      return []
    }
    this.#ports.set(key, servicePorts(served))
    return planService(node, served, slices)
  }

  #slicesOf(service: string): readonly EndpointSlice[] {
    return this.#slices.byIndex('service', service)
  }
}

function serviceOf({ metadata }: EndpointSlice): string {
  return `${metadata?.namespace ?? ''}/${metadata?.labels?.[SERVICE_NAME_LABEL] ?? ''}`
}

/** How many endpoints on this node a load balancer's health check may count on; undefined without a health check. */
function localEndpoints(
  service: Service,
  slices: readonly EndpointSlice[],
  node: ProxyNode,
): { readonly port: number; readonly count: number } | undefined {
  const ports = servicePorts(service)
  const port = ports[0]?.healthCheckNodePort
  if (!port) return undefined
  const addresses = new Set<string>()
  for (const one of ports)
    for (const { ip } of reachable(one, endpointsOf(one, slices), node).local) addresses.add(ip)
  return { port, count: addresses.size }
}
