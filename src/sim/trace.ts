/**
 * What happened, told as it happens: for the map, the timeline and a learner who asks why. Listening never changes
 * an outcome, and with nobody listening nothing is built: callers guard with `trace.active` or `trace.wants(type)`.
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
  /** Listeners and the types they want; undefined: all. */
  readonly #listeners = new Map<TraceListener, ReadonlySet<string> | undefined>()
  #active = false

  /** Whether somebody wants to hear everything. */
  get active(): boolean {
    return this.#active
  }

  /** Whether somebody wants to hear events of `type`. */
  wants(type: string): boolean {
    if (this.#active) return true
    for (const types of this.#listeners.values()) if (types?.has(type)) return true
    return false
  }

  emit(event: TraceEvent): void {
    for (const [listener, types] of this.#listeners) if (!types || types.has(event.type)) listener(event)
  }

  /**
   * @param types only these; default: everything.
   * @returns a function that stops listening.
   */
  subscribe(listener: TraceListener, types?: readonly string[]): () => void {
    const own: TraceListener = (event) => listener(event)
    this.#listeners.set(own, types && new Set(types))
    this.#refresh()
    return () => {
      this.#listeners.delete(own)
      this.#refresh()
    }
  }

  #refresh(): void {
    this.#active = [...this.#listeners.values()].includes(undefined)
  }
}
