import type { Answer, ApiRequest } from '../api/wire.ts'
import type { Node } from '../api/index.ts'
import { node } from '../api/kinds.ts'
import { createClient, Informer, type Transport } from '../client/index.ts'
import type { Host, Network } from '../network/index.ts'
import type { Kernel, Machine } from '../os/index.ts'
import type { Simulation } from '../sim/index.ts'
import { Bootstrap } from './bootstrap.ts'
import { createCloud } from './cloud/index.ts'
import { controlPlaneImages } from './control-plane-images.ts'
import {
  createApiServer,
  type Descriptions,
  type ApiServer,
  type StoredObject,
} from './control-plane/kube-apiserver/index.ts'
import { Etcd, type EtcdEvent } from './control-plane/etcd/index.ts'
import { createImageRegistry } from './images/index.ts'
import { createLaptop, LAPTOP_ENVIRONMENT } from './laptop.ts'
import { proxyFrom } from './api-proxy.ts'
import { createLoopbackTransport, unreachable } from './loopback-transport.ts'
import { OpenWatches, type OpenWatch } from './open-watches.ts'
import { controlPlaneManifests } from './manifests/control-plane.ts'
import { connectToKubelet, createNode, type ClusterNode } from './nodes.ts'
import { layOut, isConnected } from './topology.ts'

const CONTROL_PLANE_ADDRESS = '192.168.99.10'
const SERVER = `https://${CONTROL_PLANE_ADDRESS}:6443`
const POD_CIDR = '10.244.0.0/16'
const SERVICE_CIDR = '10.96.0.0/16'
/** Where the cluster's DNS is asked. */
export const DNS_ADDRESS = '10.96.0.10'
const DOMAIN = 'cluster.local'

export interface ClusterOptions {
  readonly simulation: Simulation
  /** The control plane and its workers. */
  readonly nodes: number
  readonly proxyMode: string
  /** The laptop user's home. */
  readonly home: string
  /** Facility of the laptop: the page's editor. */
  readonly openEditor: unknown
  /** Put into the laptop's home. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Texts of YAML, created once the cluster stands. */
  readonly manifests: readonly string[]
  /** The prose of all fields, for `kubectl explain`: large, so whoever hosts the cluster loads it. */
  readonly descriptions?: () => Descriptions | undefined
}

export interface Cluster {
  readonly simulation: Simulation
  readonly network: Network
  readonly nodes: ReadonlyMap<string, ClusterNode>
  readonly laptop: Machine & { readonly kernel: Kernel }
  /** Environment of a login on the laptop. */
  readonly environment: ReadonlyMap<string, string>
  /** The laptop user's connection to the API server: what it does takes virtual time. */
  readonly transport: Transport
  /** Whether nodes are Ready and addons run. */
  readonly stands: boolean
  /** Whether it was handed over: it stands, and what `manifests` describe was created. */
  readonly ready: boolean
  /** etcd's, of the last write. */
  readonly revision: number
  /** The API server's answer at once, beside virtual time. Reading this way leaves no trace in the world. */
  handle(request: ApiRequest): Answer
  /** `laptop`, `node/NAME`, `pod/NAME` or `pod/NAMESPACE/NAME`: undefined when it does not run. */
  machine(where: string): (Machine & { readonly kernel: Kernel }) | undefined
  /** What `iptables-save` prints on a node. @throws Error for an unknown node */
  rules(node: string): string
  /** The watches that components, and kubectl, hold open at the API server. */
  openWatches(): readonly OpenWatch[]
  /** Called with every write to etcd. */
  onCommit(listener: (event: EtcdEvent) => void): void
}

/** What kubeadm is: the one place where the parts of a cluster are made and joined. */
export function createCluster(options: ClusterOptions): Cluster {
  const { simulation } = options
  const topology = layOut(simulation)
  const commitListeners: ((event: EtcdEvent) => void)[] = []
  const etcd = new Etcd<StoredObject>({
    simulation,
    onCommit: (event) => commitListeners.forEach((listener) => listener(event)),
  })
  // Until its Pod runs.
  etcd.stop()
  const cloud = createCloud({
    simulation,
    network: topology.network,
    segment: topology.internetSegment,
    gateway: '203.0.113.1',
  })
  const nodes = new Map<string, ClusterNode>()
  let apiServer: ApiServer | undefined

  const images = controlPlaneImages({
    simulation,
    cloud,
    podCidr: POD_CIDR,
    startEtcd: () => {
      etcd.start()
      return () => etcd.stop()
    },
    startApiServer: (componentHealth) => {
      if (!etcd.running) return undefined
      const started = createApiServer({
        simulation,
        etcd,
        serviceCidr: SERVICE_CIDR,
        advertiseAddress: CONTROL_PLANE_ADDRESS,
        connectToNode: connectToKubelet(nodes),
        proxy: (request, done) => proxyFrom(nodes.get('control-plane')!.machine, request, done),
        componentHealth,
        ...(options.descriptions && { descriptions: options.descriptions }),
      })
      apiServer = started
      return () => {
        if (apiServer === started) apiServer = undefined
        started.stop()
      }
    },
  })
  const registry = createImageRegistry(images)
  const watches = new OpenWatches(simulation)
  const connect = (host: Host, identity: Partial<ApiRequest>): Transport =>
    createLoopbackTransport({
      simulation,
      server: () => (isConnected(host) ? apiServer : undefined),
      identity,
      watchOpened: (request) => watches.opened(host.name, request),
    })
  const transportFrom = (host: Host, userAgent: string, user?: ApiRequest['user']): Transport =>
    connect(host, { userAgent, user })

  for (let index = 0; index < options.nodes; index++) {
    const name = index === 0 ? 'control-plane' : `node-${index}`
    const created = createNode({
      name,
      topology,
      registry,
      simulation,
      controlPlane: index === 0,
      manifests: index === 0 ? controlPlaneManifests() : {},
      clusterDns: DNS_ADDRESS,
      clusterDomain: DOMAIN,
      transport: transportFrom,
    })
    nodes.set(name, created)
  }

  const laptop = createLaptop({
    simulation,
    sockets: topology.laptopHost.sockets,
    home: options.home,
    server: SERVER,
    dialApi: (server) =>
      server.replace(/\/$/, '') === SERVER
        ? connect(topology.laptopHost, { userAgent: 'kubectl', managedFields: true })
        : undefined,
    openEditor: options.openEditor,
    files: options.files,
    nodes: [...nodes.values()],
  })
  const admin = transportFrom(topology.laptopHost, 'tabernetes')
  routePodNetworks(transportFrom(topology.router, 'route-controller'), simulation, nodes, topology.router)
  const bootstrap = new Bootstrap({
    simulation,
    transport: admin,
    nodeCount: options.nodes,
    proxyMode: options.proxyMode,
    podCidr: POD_CIDR,
    domain: DOMAIN,
    dnsAddress: DNS_ADDRESS,
    manifests: options.manifests,
  })

  return {
    simulation,
    network: topology.network,
    nodes,
    laptop,
    environment: LAPTOP_ENVIRONMENT(options.home),
    transport: admin,
    get stands() {
      return bootstrap.stands
    },
    get ready() {
      return bootstrap.ready
    },
    get revision() {
      return etcd.revision
    },
    handle: (request) => apiServer?.handle(request) ?? unreachable,
    machine: (where) => machineAt(where, laptop, nodes),
    rules(name) {
      const found = nodes.get(name)
      if (!found) throw new Error(`there is no node "${name}"`)
      return found.rules()
    },
    openWatches: () => watches.list(),
    onCommit: (listener) => void commitListeners.push(listener),
  }
}

/** What the route controller of a cloud and host-gw routes do: every node, and the router, know the way to all Pods. */
function routePodNetworks(
  transport: Transport,
  simulation: Simulation,
  nodes: ReadonlyMap<string, ClusterNode>,
  router: Host,
): void {
  const informer = new Informer<Node>(
    createClient({ transport, simulation, userAgent: 'route-controller' }),
    node,
  )
  informer.onChange((next, previous) => {
    const podCidr = next?.spec?.podCIDR
    const owner = nodes.get(next?.metadata?.name ?? '')
    if (!podCidr || !owner || previous?.spec?.podCIDR === podCidr) return
    owner.runtime.cni.configure(podCidr)
    router.routes.add({ destination: podCidr, via: owner.address, interface: 'eth0' })
    for (const other of nodes.values())
      if (other !== owner) other.runtime.cni.addNodeRoute(podCidr, owner.address, 'eth0')
  })
  informer.start()
}

function machineAt(
  where: string,
  laptop: Cluster['laptop'],
  nodes: ReadonlyMap<string, ClusterNode>,
): Cluster['laptop'] | undefined {
  const [kind, ...rest] = where.split('/')
  if (kind === 'laptop') return laptop
  if (kind === 'node') return nodes.get(rest[0] ?? '')?.machine
  const [namespace, name] = rest.length > 1 ? rest : ['default', rest[0]]
  for (const { runtime } of nodes.values()) {
    for (const container of runtime.containers.values()) {
      const { config } = container.sandbox
      if (config.namespace === namespace && config.name === name && container.state === 'running')
        return container.machine
    }
  }
  return undefined
}
