import type { Status } from '../api/generated/types.ts'
import type { ApiRequest, ApiResponse, ChannelPeer, UserInfo, WatchEvent } from '../api/wire.ts'
import { CONNECTION_FAILED, type Transport, type UpgradeHandlers } from '../client/transport.ts'
import { wait, type Blocking, type Process } from '../os/process.ts'
import { ConnectionError, StatusError } from './errors.ts'

export const TABLE_ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

export interface ApiOptions {
  readonly server: string
  /** Undefined when nothing listens at `server`. */
  readonly transport: Transport | undefined
  readonly process: Process
  /** `--as`: whom to be. */
  readonly user?: UserInfo
  /** `--request-timeout` in ms. */
  readonly timeoutMs?: number
  readonly onWarning: (text: string) => void
}

/** The REST API as blocking calls: what a program needs instead of callbacks. */
export class Api {
  readonly server: string
  private readonly options: ApiOptions

  constructor(options: ApiOptions) {
    this.server = options.server
    this.options = options
  }

  /** @throws StatusError for a status of 400 and more, ConnectionError */
  *request(request: ApiRequest): Blocking<ApiResponse> {
    const transport = this.transport()
    const response = yield* wait<ApiResponse>((resume) => transport.request(this.complete(request), resume))
    this.check(response)
    return typedItems(response)
  }

  /** As `request`, and gives back the decoded body. */
  *send<T = KubeObject>(
    method: ApiRequest['method'],
    path: string,
    query: Query = {},
    body?: unknown,
    extra: Partial<ApiRequest> = {},
  ): Blocking<T> {
    const content = body === undefined ? {} : { body, contentType: extra.contentType ?? 'application/json' }
    const response = yield* this.request({ method, path, query: defined(query), ...extra, ...content })
    return response.body as T
  }

  *get<T = KubeObject>(path: string, query: Query = {}, accept?: string): Blocking<T> {
    return yield* this.send<T>('GET', path, query, undefined, accept ? { accept } : {})
  }

  /** A watch or followed logs. Its `next` must be called until it ends, or `close`. */
  stream(path: string, query: Query, accept?: string): Stream {
    const request: ApiRequest = { method: 'GET', path, query: defined(query), ...(accept ? { accept } : {}) }
    const { process, timeoutMs } = this.options
    const endsAtMs = timeoutMs ? process.now() + timeoutMs : Infinity
    return new Stream(this.transport(), this.complete(request), process, endsAtMs, (response) =>
      this.check(response),
    )
  }

  /** exec, attach, port-forward. Refusals come to the handlers. */
  upgrade(path: string, query: Query, handlers: UpgradeHandlers): { cancel(): void } {
    const cancel = this.transport().upgrade(
      this.complete({ method: 'GET', path, query: defined(query) }),
      handlers,
    )
    return { cancel }
  }

  /** The error that a refusal of the server stands for. */
  errorOf(response: ApiResponse): Error {
    if (response.status === CONNECTION_FAILED) return new ConnectionError(this.server)
    const body = response.body as Status | string | undefined
    if (typeof body === 'object' && body !== null && body.kind === 'Status') return new StatusError(body)
    const [reason, message] = GENERIC[response.status] ?? [
      'InternalError',
      `an error on the server (${JSON.stringify(String(body ?? ''))}) has prevented the request from succeeding`,
    ]
    return new StatusError({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason,
      message,
      code: response.status,
    })
  }

  private transport(): Transport {
    if (!this.options.transport) throw new ConnectionError(this.server, this.unreachable())
    return this.options.transport
  }

  /** Why nothing can be there, where it is not that nobody listens. */
  private unreachable(): string | undefined {
    const [, scheme = '', host = ''] = /^([a-z]+):\/\/([^/:]*)/.exec(this.server) ?? []
    if (scheme !== 'http' && scheme !== 'https')
      return `unsupported protocol scheme ${JSON.stringify(scheme)}`
    if (/^[\d.]+$|^\[/.test(host) || host === 'localhost') return undefined
    const { files } = this.options.process.machine
    const text = files.stat('/etc/resolv.conf') ? files.read('/etc/resolv.conf') : ''
    const [, nameserver] = /^nameserver +(\S+)/m.exec(text) ?? []
    return `dial tcp: lookup ${host} on ${nameserver ?? '127.0.0.1'}:53: no such host`
  }

  private complete(request: ApiRequest): ApiRequest {
    const { timeoutMs, user } = this.options
    const timeout: Record<string, string> =
      timeoutMs && !request.query?.['timeout'] ? { timeout: `${timeoutMs / 1000}s` } : {}
    return {
      userAgent: 'kubectl/v1.36.4',
      ...request,
      query: { ...request.query, ...timeout },
      ...(user ? { user } : {}),
    }
  }

  private check(response: ApiResponse): void {
    for (const warning of response.warnings) this.options.onWarning(warning)
    if (response.status === CONNECTION_FAILED || response.status >= 400) throw this.errorOf(response)
  }
}

/** What client-go says of an answer that explains itself in no Status. */
const GENERIC: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'the server does not allow access to the requested resource'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
}

/** Any object of the API, as decoded JSON. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type KubeObject = any

function defined(query: Query): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

export type Next =
  | { readonly kind: 'chunk'; readonly value: unknown }
  | { readonly kind: 'end' }
  | { readonly kind: 'timeout' }

/** Chunks of a stream, queued until asked for. */
export class Stream {
  private readonly queue: Next[] = []
  private readonly cancel: () => void
  private readonly process: Process
  private wake: (() => void) | undefined
  private failure: ApiResponse | undefined
  private readonly endsAtMs: number
  private readonly check: (response: ApiResponse) => void

  constructor(
    transport: Transport,
    request: ApiRequest,
    process: Process,
    endsAtMs: number,
    check: (response: ApiResponse) => void,
  ) {
    this.process = process
    this.endsAtMs = endsAtMs
    this.check = check
    this.cancel = transport.stream(request, {
      open: (response) => {
        if (response.status >= 400 || response.status === CONNECTION_FAILED) this.failure = response
        else
          for (const warning of response.warnings)
            this.check({ ...response, status: 200, warnings: [warning] })
      },
      chunk: (value) => this.push({ kind: 'chunk', value }),
      end: () => this.push({ kind: 'end' }),
    })
  }

  /** @param untilMs virtual time to give up at. @throws StatusError when the server refused the stream */
  *next(untilMs = Infinity): Blocking<Next> {
    if (this.queue.length === 0) yield* this.arrival(Math.min(untilMs, this.endsAtMs))
    if (this.failure) this.check(this.failure)
    return this.queue.shift() ?? { kind: 'timeout' }
  }

  /** The next event of a watch; null at its end or when `untilMs` has come. */
  *event(untilMs = Infinity): Blocking<WatchEvent<KubeObject> | null> {
    const next = yield* this.next(untilMs)
    return next.kind === 'chunk' ? (next.value as WatchEvent<KubeObject>) : null
  }

  close(): void {
    this.cancel()
  }

  private push(next: Next): void {
    this.queue.push(next)
    this.wake?.()
  }

  private *arrival(untilMs: number): Blocking<void> {
    yield* waitUntil(this.process, untilMs, (resume) => {
      this.wake = resume
      return () => (this.wake = undefined)
    })
    this.wake = undefined
  }
}

/** Waits for `start` to call back, at most until a moment of virtual time. */
export function* waitUntil(
  process: Process,
  untilMs: number,
  start: (resume: () => void) => () => void,
): Blocking<void> {
  yield* wait<void>((resume) => {
    let over = false
    const finish = (): void => {
      if (over) return
      over = true
      giveUp()
      timer?.cancel()
      resume()
    }
    const timer =
      untilMs === Infinity
        ? undefined
        : process.machine.simulation.schedule(Math.max(0, untilMs - process.now()), finish)
    const giveUp = start(finish)
    return () => {
      over = true
      giveUp()
      timer?.cancel()
    }
  })
}

/** An open exec, attach or port-forward connection as something to read from. */
export type Peer = ChannelPeer

/** The items of a list come without their kind, which the list's own tells: what reads them wants it written down. */
function typedItems(response: ApiResponse): ApiResponse {
  const list = response.body as { kind?: string; apiVersion?: string; items?: readonly object[] } | undefined
  const kind = /^(.+)List$/.exec(list?.kind ?? '')?.[1]
  if (!kind || !Array.isArray(list!.items)) return response
  const items = (list!.items as readonly object[]).map((item) => ({
    apiVersion: list!.apiVersion,
    kind,
    ...item,
  }))
  return { ...response, body: { ...list, items } }
}
