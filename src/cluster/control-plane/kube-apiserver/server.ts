import { formatIPv4, parseCidr } from '../../../api/ip.ts'
import { componentStatus } from '../../../api/kinds/component-status.ts'
import { kinds } from '../../../api/kinds.ts'
import {
  badRequest,
  failure,
  internalError,
  methodNotAllowed,
  noSuchPath,
  StatusError,
} from '../../../api/status.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import type { Answer, ApiRequest } from '../../../api/wire.ts'
import type { Simulation } from '../../../sim/index.ts'
import { service } from '../../../api/kinds/service.ts'
import { EtcdUnavailableError, type Etcd } from '../etcd/etcd.ts'
import { serviceAllocators, takeAllocated, type PortRange } from './allocators/service-allocators.ts'
import { authorize } from './authorization/authorize.ts'
import { bootstrapRequests, type BootstrapRequest } from './bootstrap.ts'
import { componentStatuses, type ComponentHealth } from './component-statuses.ts'
import { Connections } from './connections.ts'
import type {
  Call,
  ConnectToNode,
  Descriptions,
  ProxyRequest,
  ResourceCall,
  Server,
  VersionInfo,
} from './context.ts'
import { discovery } from './discovery.ts'
import { health, healthPaths } from './health.ts'
import { renditionOf } from './negotiation.ts'
import { openapi } from './openapi.ts'
import { requestInfo, type RequestVerb } from './request-info.ts'
import { respond, respondStatus } from './respond.ts'
import { answerReview, REVIEWS } from './reviews.ts'
import { Store, type StoredObject } from './store.ts'
import { answerBinding } from './subresources/binding.ts'
import { subresource } from './subresources/subresources.ts'
import { create } from './verbs/create.ts'
import { deleteCollection } from './verbs/delete-collection.ts'
import { remove } from './verbs/delete.ts'
import { get } from './verbs/get.ts'
import { list } from './verbs/list.ts'
import { patch } from './verbs/patch.ts'
import { update } from './verbs/update.ts'
import { watch } from './verbs/watch.ts'
import { serveConverted } from './versions.ts'
import { WatchHub } from './watch-hub.ts'

export interface ApiServerOptions {
  readonly simulation: Simulation
  /** Empty, or filled by an API server before this one. */
  readonly etcd: Etcd<StoredObject>
  /** Range of ClusterIPs. Default: 10.96.0.0/16. */
  readonly serviceCidr?: string
  /** Default: 30000-32767. */
  readonly nodePortRange?: PortRange
  readonly version?: VersionInfo
  /** The control plane's address, and the port it serves. Default: 192.168.99.10 and 6443. */
  readonly advertiseAddress?: string
  readonly securePort?: number
  readonly connectToNode: ConnectToNode
  /** Default: no address can be reached. */
  readonly proxy?: ProxyRequest
  /** Asked for ComponentStatuses. Default: all are well. */
  readonly componentHealth?: ComponentHealth
  /** The prose of fields, when it is loaded: asked for at each request that wants it. */
  readonly descriptions?: () => Descriptions | undefined
}

export interface ApiServer {
  /** Answers a request at once. Never throws: what goes wrong is a Status. */
  handle(request: ApiRequest): Answer
  /** Ends every open stream and all timers, as a process that dies closes its connections. What is stored stays. */
  stop(): void
}

export const VERSION: VersionInfo = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-08-12T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const noNetwork: ProxyRequest = ({ address }, done) => {
  done({ error: `dial tcp ${address}: connect: network is unreachable` })
  return () => {}
}

const COMPACTION_INTERVAL_MS = 300_000

/**
 * An API server on an etcd. What every cluster has and this one lacks (namespaces, the Service `kubernetes`) is made
 * first. @throws EtcdUnavailableError
 */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const {
    simulation,
    etcd,
    serviceCidr = '10.96.0.0/16',
    advertiseAddress = '192.168.99.10',
    securePort = 6443,
  } = options
  const store = new Store(etcd)
  const healthOf = options.componentHealth ?? (() => undefined)
  store.serveComputed(componentStatus, () => componentStatuses(etcd.running, healthOf))
  const watches = new WatchHub(store)
  const nodePortRange = options.nodePortRange ?? { first: 30000, last: 32767 }
  const allocators = serviceAllocators(simulation, serviceCidr, nodePortRange)
  takeAllocated(allocators, store.list(service))
  const server: Server = {
    simulation,
    store,
    watches,
    kinds,
    allocators,
    version: options.version ?? VERSION,
    serverAddress: `${advertiseAddress}:${securePort}`,
    connectToNode: options.connectToNode,
    proxy: options.proxy ?? noNetwork,
    descriptions: options.descriptions ?? (() => undefined),
  }
  const serviceAddress = formatIPv4(parseCidr(serviceCidr)!.base + 1)
  const timestamp = simulation.timestamp()
  const own = { advertiseAddress, securePort, serviceCidr, serviceAddress, timestamp }
  for (const request of bootstrapRequests(own)) ensure(server, request)
  const connections = new Connections()
  const stopCompacting = compactRegularly(simulation, etcd)
  return {
    handle: (request) => connections.keep(handle(server, request)),
    stop() {
      connections.closeAll()
      stopCompacting()
      watches.stop()
      store.stop()
    },
  }
}

/** Creates what the request would, and applies its status, unless an API server before this one did. */
function ensure(server: Server, request: BootstrapRequest): void {
  const body = request.body as KubernetesObject & { readonly status?: unknown }
  const path = `${request.path}/${body.metadata!.name}`
  const found = handle(server, { method: 'GET', path })
  if (found.kind === 'response' && found.response.status === 200) return
  const made = handle(server, request)
  if (made.kind !== 'response' || made.response.status !== 201)
    throw new Error(`bootstrap failed at ${request.path}: ${JSON.stringify(made)}`)
  if (body.status === undefined) return
  const { apiVersion, kind, metadata } = made.response.body as StoredObject
  handle(server, {
    method: 'PATCH',
    path: `${path}/status`,
    query: { fieldManager: request.statusManager!, force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: { apiVersion, kind, metadata: { name: metadata.name }, status: body.status },
  })
}

/** Every five minutes, what is older than five minutes is forgotten. @returns how to stop that */
function compactRegularly(simulation: Simulation, etcd: Etcd<StoredObject>): () => void {
  let before = etcd.revision
  const compact = () => {
    if (etcd.running) etcd.compact(before)
    before = etcd.revision
    timer = simulation.schedule(COMPACTION_INTERVAL_MS, compact)
  }
  let timer = simulation.schedule(COMPACTION_INTERVAL_MS, compact)
  return () => timer.cancel()
}

function handle(server: Server, request: ApiRequest): Answer {
  try {
    return route(server, request)
  } catch (error) {
    if (error instanceof StatusError) return respondStatus(error.status)
    if (error instanceof EtcdUnavailableError) return respondStatus(failure(500, '', error.message))
    // The host's stack is smaller than the 10,000 levels that the real one reads; it too refuses what goes deeper.
    if (error instanceof RangeError && /call stack/.test(error.message))
      return respondStatus(badRequest('exceeded max depth'))
    return respondStatus(
      internalError(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    )
  }
}

const VERBS: Readonly<Record<RequestVerb, (call: ResourceCall) => Answer>> = {
  get,
  list,
  watch,
  create: (call) => create(call),
  update: (call) => update(call),
  patch: (call) => patch(call),
  delete: remove,
  deletecollection: deleteCollection,
}

function route(server: Server, request: ApiRequest): Answer {
  const info = requestInfo(request, server.kinds)
  authorize(server, request, info)
  if (!info?.kind) {
    const general = health(server, request) ?? discovery(server, request) ?? openapi(server, request)
    if (general) return request.method === 'GET' ? general : respondStatus(methodNotAllowed())
    if (request.path === '/' && request.method === 'GET') return respond(200, { paths: rootPaths(server) })
  }
  if (!info) throw new StatusError(noSuchPath())
  const call: Call = { server, request, info, warnings: [] }
  if (!info.kind) return answerReview(call) ?? answerBinding(call) ?? respondStatus(noSuchPath())
  const kind = info.kind
  if (info.namespace !== '' && !kind.namespaced) throw new StatusError(noSuchPath())
  if (kind.namespaced && info.namespace === '' && info.name !== '') throw new StatusError(noSuchPath())
  const resource: ResourceCall = { ...call, kind }
  if (kind.deprecation && info.subresource === '') call.warnings.push(kind.deprecation)
  try {
    return kind.conversion ? serveConverted(resource, kind.conversion, serve) : serve(resource)
  } catch (error) {
    // What was warned of before the request failed is said all the same.
    if (error instanceof StatusError) return respondStatus(error.status, call.warnings)
    throw error
  }
}

function serve(call: ResourceCall): Answer {
  const { kind, info, request } = call
  if (info.subresource !== '') return subresource(call)
  if (!kind.verbs.includes(info.verb) || (info.verb === 'create' && info.name !== ''))
    throw new StatusError(methodNotAllowed())
  if ((info.verb === 'update' || info.verb === 'patch') && info.name === '')
    throw new StatusError(methodNotAllowed())
  if (info.verb === 'delete' && request.undecodable)
    throw new StatusError(badRequest(request.undecodable.error))
  // What the client does not want to hear of is not done.
  renditionOf(request)
  return VERBS[info.verb](call)
}

function rootPaths({ kinds: all }: Server): readonly string[] {
  const served = [...all, ...REVIEWS].filter(({ group }) => group !== '')
  const groups = new Set(served.flatMap(({ group, version }) => [group, `${group}/${version}`]))
  const paths = [...groups].map((path) => `/apis/${path}`)
  const others = ['/api', '/api/v1', '/apis', '/apis/', '/openapi/v3', '/openapi/v3/', '/version']
  return [...others, ...paths, ...healthPaths].sort()
}
