/**
 * What happened, told as it happens: for the map, the timeline and a learner who asks why. Listening never changes
 * an outcome, and with nobody listening nothing is built: callers guard with `trace.active`.
 */
export interface TraceEvent {
  /** Which part of the cluster speaks: `kube-proxy node-1`, `network`, `endpointslice-controller`. */
  readonly source: string
  /** What it did, a short tag: `packet`, `api-write`, `reconcile`, `sync`. */
  readonly type: string
  /** The same in a sentence for people. */
  readonly message: string
  /** Facts for programs; plain data, safe to send to another thread. */
  readonly data?: unknown
}

export type TraceListener = (event: TraceEvent) => void

export class TraceBus {
  readonly #listeners = new Set<TraceListener>()

  get active(): boolean {
    return this.#listeners.size > 0
  }

  emit(event: TraceEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  /** @returns a function that stops listening. */
  subscribe(listener: TraceListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
