import type { Answer, ApiRequest, Cancel, WatchEvent } from '../api/wire.ts'
import type { Outbox } from './outbox.ts'

/**
 * The page's watches. They are looks, not inputs: they go straight to the API server, beside virtual time, and use
 * none of its timers, so that a world that is looked at is the same as one that is not.
 */
export class Watches {
  readonly #handle: (request: ApiRequest) => Answer
  readonly #outbox: Outbox
  readonly #open = new Map<string, Cancel>()

  constructor(handle: (request: ApiRequest) => Answer, outbox: Outbox) {
    this.#handle = handle
    this.#outbox = outbox
  }

  start(watch: string, request: ApiRequest): void {
    this.stop(watch)
    const { watch: _watch, allowWatchBookmarks: _bookmarks, ...query } = request.query ?? {}
    const list = this.#handle({ ...request, method: 'GET', query })
    if (list.kind !== 'response' || list.response.status !== 200) return this.#end(watch, list)
    const { items = [list.response.body], metadata } = list.response.body as ListBody
    const events = items.map((object): WatchEvent => ({ type: 'ADDED', object }))
    this.#outbox.add({ kind: 'watch', watch, events })
    const resourceVersion = metadata?.resourceVersion ?? '0'
    const stream = this.#handle({
      ...request,
      method: 'GET',
      untimed: true,
      query: { ...query, watch: 'true', resourceVersion },
    })
    if (stream.kind !== 'stream') return this.#end(watch, stream)
    const cancel = stream.start({
      chunk: (event) => this.#outbox.add({ kind: 'watch', watch, events: [event as WatchEvent] }),
      end: () => {
        this.#open.delete(watch)
        this.#outbox.add({ kind: 'watch-end', watch })
      },
    })
    this.#open.set(watch, cancel)
  }

  stop(watch: string): void {
    this.#open.get(watch)?.()
    this.#open.delete(watch)
  }

  #end(watch: string, answer: Answer): void {
    const status = answer.kind === 'response' ? answer.response.body : undefined
    this.#outbox.add({ kind: 'watch-end', watch, status })
  }
}

interface ListBody {
  readonly items?: readonly unknown[]
  readonly metadata?: { readonly resourceVersion?: string }
}
