import type { ConfigMap, Secret, Service } from '../../../api/generated/types.ts'
import type { Client, EventRecorder, Informer } from '../../../client/index.ts'
import type { SocketLayer } from '../../../network/index.ts'
import type { FileSystem } from '../../../os/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import type { ContainerRuntime } from '../container-runtime/index.ts'
import type { Backoff } from './backoff.ts'
import type { ImageManager } from './image-manager.ts'
import type { Latency } from './latencies.ts'
import type { DnsSettings } from './pod-files.ts'
import type { ReferencedObjects } from './references.ts'
import type { StatusManager } from './status-manager.ts'

/** What all Pods of one kubelet share. */
export interface NodeContext {
  readonly simulation: Simulation
  readonly nodeName: string
  /** InternalIP. */
  readonly address: string
  readonly files: FileSystem
  readonly sockets: SocketLayer
  readonly allocatable: Readonly<Record<string, string>>
  readonly dns: DnsSettings
  readonly runtime: ContainerRuntime
  readonly images: ImageManager
  readonly client: Client
  readonly recorder: EventRecorder
  readonly statuses: StatusManager
  readonly services: Informer<Service>
  readonly configMaps: ReferencedObjects<ConfigMap>
  readonly secrets: ReferencedObjects<Secret>
  readonly restarts: Backoff
  /** Draws one from its range, in ms. */
  latency(latency: Latency): number
  /** Until the pod lifecycle event generator next looks at the containers, in ms. */
  untilRelist(): number
  /** 1 to 1.5, by chance. */
  jitter(): number
}
