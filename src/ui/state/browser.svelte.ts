/** The laptop's browser: one page at a time, and a load on request. */
import type { BrowseResult, Update } from '../../worker/protocol.ts'
import { layout } from './layout.svelte.ts'
import { session } from './session.svelte.ts'

export type LoadProgress = Extract<Update, { kind: 'load' }>

class Browser {
  address = $state('')
  /** What is shown, and for which address. */
  shown = $state.raw<{ readonly url: string; readonly result: BrowseResult }>()
  isLoading = $state(false)
  load = $state.raw<LoadProgress>()
  #loads = 0

  constructor() {
    session.on('load', (progress) => {
      if (progress.load === this.load?.load) this.load = progress
    })
  }

  /** Opens the pane with that address. */
  open(url: string): void {
    layout.show('browser')
    void this.go(url)
  }

  async go(address: string): Promise<void> {
    const url = withScheme(address)
    if (url === '') return
    this.address = url
    this.isLoading = true
    try {
      const result = await session.call('browse', url)
      this.shown = { url, result }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.shown = { url, result: { kind: 'error', code: 'INVALID_RESPONSE', message, tookMs: 0 } }
    } finally {
      this.isLoading = false
    }
  }

  async startLoad(address: string, count: number): Promise<void> {
    const url = withScheme(address)
    if (url === '') return
    const load = `load-${Date.now()}-${++this.#loads}`
    this.load = {
      kind: 'load',
      load,
      sent: 0,
      answered: 0,
      failed: 0,
      byBackend: {},
      byError: {},
      finished: false,
    }
    await session.call('startLoad', load, url, count)
  }

  stopLoad(): void {
    if (this.load) void session.call('stopLoad', this.load.load)
  }
}

/** As an address bar does it: a bare address is HTTP. */
const withScheme = (address: string): string => {
  const text = address.trim()
  return text === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
}

export const browser = new Browser()
