/** Who watches what at the API server: the list of the worker, asked for anew when a watch begins or ends. */
import type { OpenWatch } from '../../worker/protocol.ts'
import { session } from './session.svelte.ts'

/** One component at one place, and all that it watches. */
export interface Watcher {
  readonly component: string
  readonly host: string
  readonly resources: readonly string[]
  readonly sinceMs: number
}

/** Lists that change together are asked for once. */
const SETTLE_MS = 150
/** Part of the lab, not of the cluster. */
const OURS: ReadonlySet<string> = new Set(['lesson', 'tabernetes', 'kubeadm'])

class Watches {
  list = $state.raw<readonly OpenWatch[]>([])
  #timer: ReturnType<typeof setTimeout> | undefined

  readonly watchers = $derived.by(() => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- lives within one computation
    const found = new Map<string, Watcher>()
    for (const { component, host, resource, sinceMs } of this.list) {
      if (OURS.has(component)) continue
      const key = `${component} ${host}`
      const before = found.get(key) ?? { component, host, resources: [], sinceMs }
      found.set(key, { ...before, resources: [...before.resources, resource] })
    }
    return [...found.values()]
  })

  constructor() {
    session.onBoot(() => void this.#refresh())
    session.on('trace', ({ events }) => {
      if (events.some(({ type }) => type === 'watch'))
        this.#timer ??= setTimeout(() => void this.#refresh(), SETTLE_MS)
    })
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.list = await session.call('openWatches')
  }
}

export const watches = new Watches()
