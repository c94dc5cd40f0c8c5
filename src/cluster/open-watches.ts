import type { ApiRequest } from '../api/wire.ts'
import type { Simulation } from '../sim/index.ts'

/** A watch that a component holds open at the API server. */
export interface OpenWatch {
  readonly id: number
  /** As its user agent names it: `kube-proxy`. */
  readonly component: string
  /** Where it runs: a node, `namespace/name` of a Pod with a network of its own, `laptop`. */
  readonly host: string
  /** `endpointslices`; with the namespace or the object it is narrowed to. */
  readonly resource: string
  readonly sinceMs: number
}

/**
 * Who watches what at this moment. Opening and ending are told as trace events of type `watch`, whose data is the watch
 * and whether it is open; keeping the list changes nothing in the world.
 */
export class OpenWatches {
  readonly #simulation: Simulation
  readonly #open = new Map<number, OpenWatch>()
  #last = 0

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  /** @returns what ends it; a second call does nothing. */
  opened(host: string, request: ApiRequest): () => void {
    const watch: OpenWatch = {
      id: ++this.#last,
      component: request.userAgent?.split('/')[0] ?? '',
      host,
      resource: resourceOf(request),
      sinceMs: this.#simulation.nowMs,
    }
    this.#open.set(watch.id, watch)
    this.#tell(watch, true)
    return () => {
      if (this.#open.delete(watch.id)) this.#tell(watch, false)
    }
  }

  /** In the order of their opening. */
  list(): readonly OpenWatch[] {
    return [...this.#open.values()]
  }

  #tell(watch: OpenWatch, open: boolean): void {
    const { trace } = this.#simulation
    if (!trace.wants('watch')) return
    const message = `${open ? 'watches' : 'no longer watches'} ${watch.resource}`
    trace.emit({
      source: `${watch.component} ${watch.host}`,
      type: 'watch',
      message,
      data: { ...watch, open },
    })
  }
}

/** `/api/v1/namespaces/web/pods` is `pods in web`; a field selector, as kubelets use it, is part of what is watched. */
function resourceOf({ path, query }: ApiRequest): string {
  const [, namespace, resource] = /(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path) ?? []
  const fields = query?.['fieldSelector']
  return `${resource ?? path}${namespace ? ` in ${namespace}` : ''}${fields ? ` with ${fields}` : ''}`
}
