/**
 * What travels between a client and the API server, whoever carries it: the engine's own transport, HTTP in `serve/`,
 * a message to a worker. Bodies are decoded JSON, treated as immutable by both ends, so inside the engine an object
 * is handed over without a copy.
 */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ApiRequest {
  readonly method: Method
  /** The path without its query: `/api/v1/namespaces/default/pods`. Percent-encoding as on the wire. */
  readonly path: string
  /** Decoded query parameters; one given more than once is a list. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  /** The Accept header. Default: `application/json`. */
  readonly accept?: string
  readonly contentType?: string
  /** Decoded JSON (or YAML); for a body that could not be decoded, its text as `undecodable`. */
  readonly body?: unknown
  readonly undecodable?: { readonly text: string; readonly error: string }
  readonly userAgent?: string
  /** Who asks, already authenticated. Default: `kubernetes-admin`. */
  readonly user?: UserInfo
  /** The If-None-Match header: an answer whose ETag is the same is a 304 without a body. */
  readonly ifNoneMatch?: string
  /** Objects come with `metadata.managedFields`, which must be worked out. Default: no; components have no use for them. */
  readonly managedFields?: boolean
  /** From outside of virtual time: a watch ends only when stopped and uses no timer, so looking changes nothing. */
  readonly untimed?: boolean
}

export interface UserInfo {
  readonly username: string
  readonly groups: readonly string[]
}

export interface ApiResponse {
  readonly status: number
  readonly contentType: string
  /** Texts of the Warning headers, unquoted. */
  readonly warnings: readonly string[]
  /** Decoded JSON, or a string when `contentType` is text (logs, `/healthz`). */
  readonly body: unknown
  /** Other headers that a client may act on (`ETag`, `Retry-After`, `Location`). */
  readonly headers?: Readonly<Record<string, string>>
}

/** One event of a watch, as JSON lines carry it. */
export interface WatchEvent<T = unknown> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

/**
 * What the API server gives back for one request: an answer, or one that somebody else has to be asked for first (a
 * proxied request), or a body that goes on (a watch, followed logs), or a connection both ways (exec, attach,
 * port-forward) with the numbered channels of `v5.channel.k8s.io`.
 */
export type Answer =
  | { readonly kind: 'response'; readonly response: ApiResponse }
  | { readonly kind: 'later'; start(answered: (response: ApiResponse) => void): Cancel }
  | { readonly kind: 'stream'; readonly response: Omit<ApiResponse, 'body'>; start(sink: StreamSink): Cancel }
  | { readonly kind: 'upgrade'; start(client: ChannelPeer): ChannelPeer }

/** Where a stream's chunks go: watch events, or text of a log. */
export interface StreamSink {
  chunk(value: unknown): void
  end(): void
}

/** Stops whatever the call began. Calling it again does nothing. */
export type Cancel = () => void

/**
 * exec and attach: 0 stdin, 1 stdout, 2 stderr, 3 error (a Status as JSON text, last), 4 resize, 255 close (of the
 * channel whose number is the one character's code).
 */
export const Channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** One end of an upgraded connection, as the other end sees it. */
export interface ChannelPeer {
  message(channel: number, data: string): void
  close(): void
}
