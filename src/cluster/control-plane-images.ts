import type { Simulation } from '../sim/index.ts'
import type { Transport } from '../client/index.ts'
import { listen } from '../os/net/sockets.ts'
import { parse } from 'yaml'
import type { Process, Program } from '../os/index.ts'
import type { Host } from '../network/index.ts'
import { coreDnsProgram } from './addons/coredns/index.ts'
import type { Cloud } from './cloud/index.ts'
import { componentProgram } from './component-program.ts'
import { startCloudControllerManager } from './control-plane/cloud-controller-manager/index.ts'
import { startKubeControllerManager } from './control-plane/kube-controller-manager/index.ts'
import { startKubeScheduler } from './control-plane/kube-scheduler/index.ts'
import { componentImage, type Image } from './images/index.ts'
import { COREDNS_IMAGE } from './manifests/coredns.ts'
import { imageOf, type ControlPlaneComponent } from './manifests/control-plane.ts'
import { KUBE_PROXY_IMAGE } from './manifests/kube-proxy.ts'
import { startKubeProxy } from './node/kube-proxy/index.ts'

export interface ControlPlaneImagesOptions {
  readonly simulation: Simulation
  readonly cloud: Cloud
  readonly podCidr: string
  /** Starts etcd on its data; stops it. */
  readonly startEtcd: () => () => void
  /** Starts the API server; undefined while etcd does not answer. */
  readonly startApiServer: () => (() => void) | undefined
}

/** The images whose process 1 is a component of this cluster. */
export function controlPlaneImages(options: ControlPlaneImagesOptions): readonly Image[] {
  const { simulation, cloud, podCidr } = options
  const programs: Readonly<Record<ControlPlaneComponent, Program>> = {
    etcd: componentProgram(() => options.startEtcd()),
    'kube-apiserver': componentProgram((process) => apiServer(process, options)),
    'kube-controller-manager': componentProgram((process) => startKubeControllerManager({ ...of(process), simulation, podCidr }).stop),
    'kube-scheduler': componentProgram((process) => startKubeScheduler({ ...of(process), simulation }).stop),
    'cloud-controller-manager': componentProgram((process) => startCloudControllerManager({ ...of(process), simulation, cloud }).stop),
  }
  return [
    ...Object.entries(programs).map(([name, program]) => imageFor(imageOf(name as ControlPlaneComponent), `/usr/local/bin/${name}`, program)),
    imageFor(KUBE_PROXY_IMAGE, '/usr/local/bin/kube-proxy', kubeProxy(simulation)),
    imageFor(COREDNS_IMAGE, '/coredns', coreDnsProgram),
  ]
}

function imageFor(reference: string, path: string, program: Program): Image {
  const colon = reference.lastIndexOf(':')
  return componentImage({ name: reference.slice(0, colon), tag: reference.slice(colon + 1), sizeBytes: 20_000_000, path, program })
}

/** The transport that the container's service account would open. */
const of = (process: Process): { readonly transport: Transport } => ({
  transport: process.machine.facilities.get('in-cluster-api') as Transport,
})

const SECURE_PORT = 6443

/** Listens where clients expect it. What comes over the simulated network is plain text, so it is told what Go's server tells it. */
function apiServer(process: Process, { startApiServer }: ControlPlaneImagesOptions): (() => void) | number {
  const stop = startApiServer()
  if (!stop) return 1
  const listener = listen(process, SECURE_PORT)
  return () => {
    listener.close()
    stop()
  }
}

/** Reads its configuration once, at the start: a change of the ConfigMap takes a restart, as in life. */
const kubeProxy = (simulation: Simulation): Program =>
  componentProgram((process) => {
    const { facilities, files } = process.machine
    const configuration = parse(files.read('/var/lib/kube-proxy/config.conf')) as { mode: string; clusterCIDR: string }
    const host = facilities.get('node-host') as Host
    const nodeName = facilities.get('node-name') as string
    if (configuration.mode !== 'iptables') {
      process.files.get(2)?.write(`"command failed" err="mode ${configuration.mode} is not simulated, the nearest is iptables"\n`).next()
      return 1
    }
    const { transport } = of(process)
    return startKubeProxy({ simulation, transport, host, nodeName, clusterCidr: configuration.clusterCIDR }).stop
  })

