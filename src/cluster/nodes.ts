import { stringify } from 'yaml'
import type { Transport } from '../client/index.ts'
import { saveRules } from '../network/iptables/save.ts'
import { runNft, type Host } from '../network/index.ts'
import { createFileSystem, createMachine, SYSTEMD, Systemd, type Kernel, type Machine } from '../os/index.ts'
import { sshd } from '../os/programs/net/ssh/sshd.ts'
import type { Simulation } from '../sim/index.ts'
import { componentProgram } from './component-program.ts'
import type { ConnectToNode } from './control-plane/kube-apiserver/index.ts'
import { debianHost } from './debian-host.ts'
import type { ImageRegistry } from './images/index.ts'
import { crictl } from './node/container-runtime/crictl.ts'
import { ContainerRuntime, type PodSandbox } from './node/container-runtime/index.ts'
import { startKubelet, type Kubelet } from './node/kubelet/index.ts'
import { startNetworkPolicyAgent } from './node/network-policy/index.ts'
import { isConnected, NODE_RESOLVER, type Topology } from './topology.ts'

export interface NodeOptions {
  readonly name: string
  readonly topology: Topology
  readonly registry: ImageRegistry
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
  /** Undefined while its service is stopped. */
  readonly kubelet: Kubelet | undefined
  /** What `iptables-save` and `nft list ruleset` print here. */
  rules(): string
}

const KUBELET_PORT = 10250

/** As kubeadm's package brings it. */
const KUBELET_UNIT = {
  name: 'kubelet',
  description: 'kubelet: The Kubernetes Node Agent',
  documentation: 'https://kubernetes.io/docs/',
  dropIn: '10-kubeadm.conf',
  execStart: [
    '/usr/bin/kubelet',
    '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
    '--kubeconfig=/etc/kubernetes/kubelet.conf',
    '--config=/var/lib/kubelet/config.yaml',
  ],
  restartMs: 10_000,
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
  const { name, topology, simulation, registry } = options
  const { host, address } = topology.addNode(name)
  const files = createFileSystem(debianHost(), () => simulation.nowMs)
  files.makeDirectory('/etc/kubernetes/manifests', { parents: true })
  files.write('/etc/hostname', `${name}\n`)
  files.write('/etc/hosts', `127.0.0.1\tlocalhost\n${address}\t${name}\n`)
  files.write('/etc/resolv.conf', `nameserver ${NODE_RESOLVER}\n`)
  for (const [file, manifest] of Object.entries(options.manifests)) {
    files.write(`/etc/kubernetes/manifests/${file}`, stringify(manifest))
  }
  const lent = new Map<string, unknown>([
    ['identity', `node/${name}`],
    ['netfilter', host.netfilter],
    ['ipvs', host.ipvs],
  ])
  const machine = createMachine({
    hostname: name,
    simulation,
    files,
    network: host.sockets,
    init: true,
    facilities: lent,
  })
  const systemd = new Systemd(machine.kernel)
  lent.set(SYSTEMD, systemd)
  systemd.add({
    name: 'ssh',
    description: 'OpenBSD Secure Shell server',
    documentation: 'man:sshd(8)',
    execStart: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
    program: sshd((program, session) => void machine.kernel.start(program, session)),
    restartMs: 100,
  })
  const facilities = (sandbox: PodSandbox) => containerFacilities(options, host, sandbox)
  const runtime = new ContainerRuntime({
    simulation,
    network: topology.network,
    node: host,
    nodeAddress: address,
    registry,
    facilities,
  })
  files.install('/usr/bin/crictl', (process) => crictl(process, runtime))
  let kubelet: Kubelet | undefined
  systemd.add({
    ...KUBELET_UNIT,
    program: componentProgram(() => {
      kubelet = startKubelet({
        simulation,
        transport: options.transport(host, 'kubelet'),
        runtime,
        machine,
        host,
        node: { name, address, ...(options.controlPlane && CONTROL_PLANE) },
        dns: { clusterDNS: [options.clusterDns], clusterDomain: options.clusterDomain },
      })
      return () => {
        kubelet?.stop()
        kubelet = undefined
      }
    }),
  })
  const policyTransport = options.transport(host, 'network-policy')
  startNetworkPolicyAgent({ simulation, transport: policyTransport, host, nodeName: name })
  return {
    name,
    address,
    host,
    machine,
    runtime,
    get kubelet() {
      return kubelet
    },
    rules: () => saveRules(host.netfilter) + runNft(['list', 'ruleset'], host.netfilter).stdout,
  }
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
    facilities
      .set('node-host', host)
      .set('node-name', options.name)
      .set('netfilter', host.netfilter)
      .set('ipvs', host.ipvs)
  return facilities
}

/** Reaches a kubelet's own server, as the API server does for logs and exec. */
export const connectToKubelet =
  (nodes: ReadonlyMap<string, ClusterNode>): ConnectToNode =>
  (name) => {
    const node = nodes.get(name)
    if (!node) return { error: `lookup ${name}: no such host` }
    const at = `${node.address}:${KUBELET_PORT}`
    if (!isConnected(node.host)) return { at, error: `${at}: connect: no route to host` }
    const { kubelet } = node
    if (!kubelet) return { at, error: `${at}: connect: connection refused` }
    return { at, send: (request) => kubelet.handle(request) }
  }
