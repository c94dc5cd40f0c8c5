import type { Status } from '../api/generated/types.ts'
import { pathOf, type KubernetesList, type KubernetesObject, type Resource } from '../api/resource.ts'
import type { ApiRequest, ApiResponse, Cancel, Method, UserInfo, WatchEvent } from '../api/wire.ts'
import type { Simulation } from '../sim/index.ts'
import { nameOf, namespaceOf } from './objects.ts'
import type { Transport } from './transport.ts'

/** How a request ended. `code` is the HTTP status, 0 when the server could not be reached. */
export type Result<T> =
  | { readonly ok: true; readonly object: T }
  | { readonly ok: false; readonly status: Status; readonly code: number }

export type Done<T> = (result: Result<T>) => void

export interface ListOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly limit?: number
  readonly continue?: string
}

export interface WatchHandlers<T> {
  event(event: WatchEvent<T>): void
  /** The watch is over: with the Status it was refused or ended with, or without one when the connection just closed. */
  end(failure?: { readonly status: Status; readonly code: number }): void
}

export interface Patch {
  readonly type: 'strategic' | 'merge' | 'json'
  readonly body: unknown
  readonly subresource?: string
}

export interface DeleteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** The verbs of the API with types; `namespace` is undefined for all namespaces or for kinds that have none. */
export interface Client {
  readonly simulation: Simulation
  readonly userAgent: string
  get<T extends KubernetesObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    done: Done<T>,
  ): Cancel
  list<T extends KubernetesObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    options: ListOptions,
    done: Done<KubernetesList<T>>,
  ): Cancel
  create<T extends KubernetesObject>(resource: Resource<T>, object: T, done?: Done<T>): Cancel
  /** POST to a subresource: `binding`, `eviction`, `token`. The answer is whatever it answers (a Status, mostly). */
  createSubresource(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    subresource: string,
    body: unknown,
    done?: Done<unknown>,
  ): Cancel
  update<T extends KubernetesObject>(resource: Resource<T>, object: T, done?: Done<T>): Cancel
  updateStatus<T extends KubernetesObject>(resource: Resource<T>, object: T, done?: Done<T>): Cancel
  /** PUT to another subresource: `finalize`, `scale`. */
  updateSubresource<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    subresource: string,
    done?: Done<T>,
  ): Cancel
  patch<T extends KubernetesObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    patch: Patch,
    done?: Done<T>,
  ): Cancel
  delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
    done?: Done<unknown>,
  ): Cancel
  deleteCollection(
    resource: Resource,
    namespace: string | undefined,
    options: ListOptions,
    done?: Done<unknown>,
  ): Cancel
  watch<T extends KubernetesObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    options: ListOptions,
    handlers: WatchHandlers<T>,
  ): Cancel
}

const PATCH_TYPES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const

/**
 * A client of the API server, speaking for one component.
 * @param options.userAgent `name/version`; the part before the slash becomes the field manager of its writes.
 */
export function createClient(options: {
  readonly transport: Transport
  readonly simulation: Simulation
  readonly userAgent: string
  readonly user?: UserInfo
}): Client {
  const { transport, simulation, userAgent, user } = options

  const complete = (request: Partial<ApiRequest> & { method: Method; path: string }): ApiRequest => ({
    ...request,
    userAgent,
    ...(user && { user }),
  })
  const send = <T>(
    method: Method,
    path: string,
    done: Done<T> | undefined,
    rest?: Partial<ApiRequest>,
  ): Cancel =>
    transport.request(complete({ ...rest, method, path }), (response) => done?.(resultOf<T>(response)))
  const write = <T>(method: Method, path: string, body: unknown, done: Done<T> | undefined): Cancel =>
    send(method, path, done, { body, contentType: 'application/json' })
  const put = <T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    subresource: string | undefined,
    done?: Done<T>,
  ): Cancel => write('PUT', pathOf(resource, namespaceOf(object), nameOf(object), subresource), object, done)

  return {
    simulation,
    userAgent,
    get: (resource, namespace, name, done) => send('GET', pathOf(resource, namespace, name), done),
    list: (resource, namespace, listOptions, done) =>
      send('GET', pathOf(resource, namespace), done, { query: queryOf(listOptions) }),
    create: (resource, object, done) => write('POST', pathOf(resource, namespaceOf(object)), object, done),
    createSubresource: (resource, namespace, name, subresource, body, done) =>
      write('POST', pathOf(resource, namespace, name, subresource), body, done),
    update: (resource, object, done) => put(resource, object, undefined, done),
    updateStatus: (resource, object, done) => put(resource, object, 'status', done),
    updateSubresource: (resource, object, subresource, done) => put(resource, object, subresource, done),
    patch: (resource, namespace, name, { type, body, subresource }, done) =>
      send('PATCH', pathOf(resource, namespace, name, subresource), done, {
        body,
        contentType: PATCH_TYPES[type],
      }),
    delete: (resource, namespace, name, deleteOptions, done) =>
      write(
        'DELETE',
        pathOf(resource, namespace, name),
        { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions },
        done,
      ),
    deleteCollection: (resource, namespace, listOptions, done) =>
      send('DELETE', pathOf(resource, namespace), done, { query: queryOf(listOptions) }),
    watch: (resource, namespace, listOptions, handlers) => {
      let failure: { status: Status; code: number } | undefined
      const query = { ...queryOf(listOptions), watch: 'true', allowWatchBookmarks: 'true' }
      return transport.stream(complete({ method: 'GET', path: pathOf(resource, namespace), query }), {
        open: (response) => {
          const result = resultOf<unknown>(response)
          if (!result.ok) failure = result
        },
        chunk: (chunk) => handlers.event(chunk as WatchEvent<never>),
        end: () => handlers.end(failure),
      })
    },
  }
}

function queryOf(options: ListOptions): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(options)) if (value !== undefined) query[name] = String(value)
  return query
}

function resultOf<T>(response: ApiResponse): Result<T> {
  if (response.status >= 200 && response.status < 300) return { ok: true, object: response.body as T }
  const body = response.body as Status | undefined
  const status: Status =
    body?.kind === 'Status'
      ? body
      : {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          message: String(response.body),
          code: response.status,
        }
  return { ok: false, status, code: response.status }
}
