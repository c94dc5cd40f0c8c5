import type { Allocators } from '../../../api/allocators.ts'
import type { Kind } from '../../../api/kind.ts'
import type { Answer, ApiRequest, ApiResponse, Cancel } from '../../../api/wire.ts'
import type { Simulation } from '../../../sim/index.ts'
import type { RequestInfo } from './request-info.ts'
import type { Store } from './store.ts'
import type { WatchHub } from './watch-hub.ts'

/** What `/version` says. */
export interface VersionInfo {
  readonly major: string
  readonly minor: string
  readonly gitVersion: string
  readonly [more: string]: string
}

/** Definition to field to its prose, for `/openapi/v3`; the description of the definition itself is under `''`. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Way to a node's kubelet; undefined when there is none to be reached. */
export type ConnectToNode = (nodeName: string) => KubeletConnection

/** A kubelet's server at `at` (`192.168.99.11:10250`), or why it was not reached, in the words of Go's dialer. */
export type KubeletConnection =
  | { readonly at: string; readonly send: (request: ApiRequest) => Answer }
  | { readonly at?: string; readonly error: string }

/** A request that goes on to an address of the cluster's network. */
export interface ProxiedRequest {
  readonly address: string
  readonly port: number
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Makes it, from the API server's host. `done` is called once, later, with the answer or with why there is none. */
export type ProxyRequest = (
  request: ProxiedRequest,
  done: (outcome: ApiResponse | { readonly error: string }) => void,
) => Cancel

/** What the handlers share. */
export interface Server {
  readonly simulation: Simulation
  readonly store: Store
  readonly watches: WatchHub
  readonly kinds: readonly Kind[]
  readonly allocators: Allocators
  readonly version: VersionInfo
  readonly serverAddress: string
  readonly connectToNode: ConnectToNode
  readonly proxy: ProxyRequest
  descriptions(): Descriptions | undefined
}

/** One request on its way through. */
export interface Call {
  readonly server: Server
  readonly request: ApiRequest
  readonly info: RequestInfo
  /** Texts for Warning headers, filled as they arise. */
  readonly warnings: string[]
}

/** A call to a resource that exists. */
export interface ResourceCall extends Call {
  readonly kind: Kind
}
