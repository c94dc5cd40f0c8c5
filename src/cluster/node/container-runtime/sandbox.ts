import type { SocketLayer } from '../../../network/index.ts'
import type { PodNetwork } from './cni.ts'
import type { HostPort } from './port-mapping.ts'

/** What identifies the Pod of a sandbox. */
export interface SandboxConfig {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly hostname: string
  readonly hostNetwork: boolean
  /** Ports of the node that lead here. */
  readonly hostPorts: readonly HostPort[]
}

/** A Pod's shared namespaces: here, its network. */
export interface PodSandbox {
  readonly id: string
  readonly config: SandboxConfig
  /** The Pod's address; the node's with hostNetwork. */
  readonly address: string
  readonly sockets: SocketLayer
  /** Name of the network namespace's file, as error messages show it. */
  readonly networkNamespace: string
  readonly createdMs: number
  ready: boolean
}

/** A sandbox with what the runtime needs to take it down again. */
export interface OwnedSandbox extends PodSandbox {
  readonly network: PodNetwork | undefined
  readonly unmapPorts: () => void
}
