import type { Simulation } from '../sim/index.ts'
import type { Transport } from '../client/index.ts'
import { parse } from 'yaml'
import type { Process, Program } from '../os/index.ts'
import type { Endpoint, Host } from '../network/index.ts'
import { coreDnsProgram } from './addons/coredns/index.ts'
import type { Cloud } from './cloud/index.ts'
import { componentProgram } from './component-program.ts'
import { startCloudControllerManager } from './control-plane/cloud-controller-manager/index.ts'
import type { ComponentHealth } from './control-plane/kube-apiserver/index.ts'
import { startKubeControllerManager } from './control-plane/kube-controller-manager/index.ts'
import { startKubeScheduler } from './control-plane/kube-scheduler/index.ts'
import { componentImage, type Image } from './images/index.ts'
import { COREDNS_IMAGE } from './manifests/coredns.ts'
import { imageOf, type ControlPlaneComponent } from './manifests/control-plane.ts'
import { KUBE_PROXY_IMAGE } from './manifests/kube-proxy.ts'
import { isMode, startKubeProxy } from './node/kube-proxy/index.ts'

export interface ControlPlaneImagesOptions {
  readonly simulation: Simulation
  readonly cloud: Cloud
  readonly podCidr: string
  /** Starts etcd on its data; stops it. */
  readonly startEtcd: () => () => void
  /** Starts the API server; undefined while etcd does not answer. */
  readonly startApiServer: (health: ComponentHealth) => (() => void) | undefined
}

/** The images whose process 1 is a component of this cluster. */
export function controlPlaneImages(options: ControlPlaneImagesOptions): readonly Image[] {
  const { simulation, cloud, podCidr } = options
  const listening = new Set<ControlPlaneComponent>()
  /** A component that serves on its port for as long as it runs. */
  const served = (
    name: ControlPlaneComponent,
    start: (process: Process) => (() => void) | undefined,
  ): Program =>
    componentProgram((process) => {
      const stop = start(process)
      if (!stop) return 1
      const close = listenSecurely(process, SERVED[name])
      listening.add(name)
      return () => {
        listening.delete(name)
        close()
        stop()
      }
    })
  const health: ComponentHealth = (component) =>
    listening.has(`kube-${component}`) ? undefined : refused(SERVED[`kube-${component}`])
  const programs: Readonly<Record<ControlPlaneComponent, Program>> = {
    etcd: served('etcd', () => options.startEtcd()),
    'kube-apiserver': served('kube-apiserver', () => options.startApiServer(health)),
    'kube-controller-manager': served(
      'kube-controller-manager',
      (process) => startKubeControllerManager({ ...of(process), simulation, podCidr }).stop,
    ),
    'kube-scheduler': served(
      'kube-scheduler',
      (process) => startKubeScheduler({ ...of(process), simulation }).stop,
    ),
    'cloud-controller-manager': served(
      'cloud-controller-manager',
      (process) => startCloudControllerManager({ ...of(process), simulation, cloud }).stop,
    ),
  }
  return [
    ...Object.entries(programs).map(([name, program]) =>
      imageFor(imageOf(name as ControlPlaneComponent), `/usr/local/bin/${name}`, program),
    ),
    imageFor(KUBE_PROXY_IMAGE, '/usr/local/bin/kube-proxy', kubeProxy(simulation)),
    imageFor(COREDNS_IMAGE, '/coredns', coreDnsProgram),
  ]
}

function imageFor(reference: string, path: string, program: Program): Image {
  const colon = reference.lastIndexOf(':')
  return componentImage({
    name: reference.slice(0, colon),
    tag: reference.slice(colon + 1),
    sizeBytes: 20_000_000,
    path,
    program,
  })
}

/** The transport that the container's service account would open. */
const of = (process: Process): { readonly transport: Transport } => ({
  transport: process.machine.facilities.get('in-cluster-api') as Transport,
})

/** Where each answers, over TLS; kubeadm binds the two that nobody else asks to the loopback. */
const SERVED: Readonly<Record<ControlPlaneComponent, Endpoint>> = {
  etcd: { address: '0.0.0.0', port: 2379 },
  'kube-apiserver': { address: '0.0.0.0', port: 6443 },
  'kube-controller-manager': { address: '127.0.0.1', port: 10257 },
  'kube-scheduler': { address: '127.0.0.1', port: 10259 },
  'cloud-controller-manager': { address: '0.0.0.0', port: 10258 },
}

const refused = ({ port }: Endpoint) =>
  `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`

/** What comes over the simulated network is plain text, so it is told what Go's server tells it. @returns how to close */
function listenSecurely(process: Process, endpoint: Endpoint): () => void {
  const listener = process.machine.network.listenTcp(endpoint, (connection) => {
    connection.handlers = {
      data() {
        connection.send('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')
        connection.end()
      },
      end: () => connection.end(),
    }
  })
  return () => listener.close()
}

/** Reads its configuration once, at the start: a change of the ConfigMap takes a restart, as in life. */
const kubeProxy = (simulation: Simulation): Program =>
  componentProgram((process) => {
    const { facilities, files } = process.machine
    const configuration = parse(files.read('/var/lib/kube-proxy/config.conf')) as {
      mode: string
      clusterCIDR: string
      ipvs?: { scheduler?: string }
    }
    const mode = configuration.mode || 'iptables'
    if (!isMode(mode)) {
      process.files.get(2)?.write(unknownMode(mode)).next()
      return 1
    }
    return startKubeProxy({
      ...of(process),
      simulation,
      mode,
      host: facilities.get('node-host') as Host,
      nodeName: facilities.get('node-name') as string,
      clusterCidr: configuration.clusterCIDR,
      ...(configuration.ipvs?.scheduler && { scheduler: configuration.ipvs.scheduler }),
    }).stop
  })

const unknownMode = (mode: string) =>
  `"command failed" err="KubeProxyConfiguration.ProxyMode: Invalid value: \\"${mode}\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])"\n`
