import type { ApiRequest, ApiResponse, Cancel, ChannelPeer } from '../api/wire.ts'

/**
 * The one way to an API server. Everything that speaks to the cluster (controllers, kubelets, kubectl, the page, the
 * lesson runner) has one of these and nothing else, so each can be pointed at the engine or at a real cluster.
 */
export interface Transport {
  /** Sends a request; `done` is called once, later, never before `request` returns. */
  request(request: ApiRequest, done: (response: ApiResponse) => void): Cancel

  /** A request whose body goes on: a watch (chunks are `WatchEvent`s) or followed logs (chunks are text). */
  stream(request: ApiRequest, handlers: StreamHandlers): Cancel

  /** exec, attach, port-forward. */
  upgrade(request: ApiRequest, handlers: UpgradeHandlers): Cancel
}

export interface StreamHandlers {
  /** The head; with a status of 400 or more it carries a Status body, and `end` follows. */
  open?(response: ApiResponse): void
  chunk(value: unknown): void
  /** The server or the network closed it; not called after a cancel. */
  end(): void
}

export interface UpgradeHandlers {
  /** The connection stands; `server` takes what the client sends. */
  open(server: ChannelPeer): void
  message(channel: number, data: string): void
  close(): void
  /** The server answered instead of upgrading: a Status. */
  refused(response: ApiResponse): void
}

/** The status of an `ApiResponse` made by a transport itself because the server could not be reached. */
export const CONNECTION_FAILED = 0
