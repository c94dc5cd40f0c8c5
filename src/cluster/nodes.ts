import { stringify } from 'yaml'
import type { Answer, ApiRequest } from '../api/wire.ts'
import type { Transport } from '../client/index.ts'
import { saveRules } from '../network/iptables/save.ts'
import type { Host } from '../network/index.ts'
import { createFileSystem, createMachine, type Kernel, type Machine } from '../os/index.ts'
import { sshd } from '../os/programs/net/ssh/sshd.ts'
import type { Simulation } from '../sim/index.ts'
import { debianHost } from './debian-host.ts'
import type { ImageRegistry } from './images/index.ts'
import { ContainerRuntime, type PodSandbox } from './node/container-runtime/index.ts'
import { startKubelet, type Kubelet } from './node/kubelet/index.ts'
import { NODE_RESOLVER, type Topology } from './topology.ts'

export interface NodeOptions {
  readonly name: string
  readonly topology: Topology
  readonly registry: ImageRegistry
  readonly podCidr: string
  readonly controlPlane: boolean
  /** Static Pods by file name. */
  readonly manifests: Readonly<Record<string, unknown>>
  readonly clusterDns: string
  readonly clusterDomain: string
  readonly simulation: Simulation
  /** Towards the API server, from this node. */
  transport(host: Host, userAgent: string): Transport
}

/** One machine of the cluster: its operating system, its containers, its kubelet. */
export interface ClusterNode {
  readonly name: string
  readonly address: string
  readonly host: Host
  readonly machine: Machine & { readonly kernel: Kernel }
  readonly runtime: ContainerRuntime
  readonly kubelet: Kubelet
  /** What `iptables-save` prints here. */
  rules(): string
}

/** What kubeadm marks the control plane's node with. */
const CONTROL_PLANE = {
  labels: {
    'node-role.kubernetes.io/control-plane': '',
    'node.kubernetes.io/exclude-from-external-load-balancers': '',
  },
  taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
}

export function createNode(options: NodeOptions): ClusterNode {
  const { name, topology, simulation, registry, podCidr } = options
  const { host, address } = topology.addNode(name)
  const files = createFileSystem(debianHost(), () => simulation.nowMs)
  files.makeDirectory('/etc/kubernetes/manifests', { parents: true })
  files.write('/etc/hostname', `${name}\n`)
  files.write('/etc/hosts', `127.0.0.1\tlocalhost\n${address}\t${name}\n`)
  files.write('/etc/resolv.conf', `nameserver ${NODE_RESOLVER}\n`)
  for (const [file, manifest] of Object.entries(options.manifests)) {
    files.write(`/etc/kubernetes/manifests/${file}`, stringify(manifest))
  }
  const machine = createMachine({
    hostname: name,
    simulation,
    files,
    network: host.sockets,
    init: true,
    facilities: new Map<string, unknown>([
      ['identity', `node/${name}`],
      ['netfilter', host.netfilter],
    ]),
  })
  machine.kernel.start(
    sshd((program, session) => void machine.kernel.start(program, session)),
    { argv: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'] },
  )
  const facilities = (sandbox: PodSandbox) => containerFacilities(options, host, sandbox)
  const runtime = new ContainerRuntime({
    simulation,
    network: topology.network,
    node: host,
    nodeAddress: address,
    podCIDR: podCidr,
    registry,
    facilities,
  })
  const kubelet = startKubelet({
    simulation,
    transport: options.transport(host, 'kubelet'),
    runtime,
    machine,
    host,
    node: { name, address, ...(options.controlPlane && CONTROL_PLANE) },
    dns: { clusterDNS: [options.clusterDns], clusterDomain: options.clusterDomain },
  })
  return { name, address, host, machine, runtime, kubelet, rules: () => saveRules(host.netfilter) }
}

/** What containers find beside Linux: who they are, and (as a token and an address would give it) the API. */
function containerFacilities(
  options: NodeOptions,
  host: Host,
  sandbox: PodSandbox,
): ReadonlyMap<string, unknown> {
  const { namespace, name } = sandbox.config
  const facilities = new Map<string, unknown>([['identity', `pod/${namespace}/${name}`]])
  if (namespace !== 'kube-system') return facilities
  facilities.set('in-cluster-api', options.transport(host, name))
  if (sandbox.config.hostNetwork)
    facilities.set('node-host', host).set('node-name', options.name).set('netfilter', host.netfilter)
  return facilities
}

/** Reaches a kubelet's own server, as the API server does for logs and exec. */
export const connectToKubelet =
  (nodes: ReadonlyMap<string, ClusterNode>) =>
  (name: string): ((request: ApiRequest) => Answer) | undefined => {
    const node = nodes.get(name)
    return node && ((request) => node.kubelet.handle(request))
  }
