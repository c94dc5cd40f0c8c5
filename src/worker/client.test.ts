import { expose } from 'comlink'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  EngineClient,
  type ClientOptions,
  type ClientStatus,
  type SessionStore,
  type StoredSession,
} from './client.ts'
import type { BootInfo, BootOptions, LogEntry, Update } from './protocol.ts'

/** A worker's inside that remembers what was typed, in memory and in the log; it dies at `die` and hangs at `hang`. */
class SmallEngine {
  static booted: BootOptions[] = []
  #typed = ''
  #send: (updates: readonly Update[]) => void = () => {}
  #index = 0
  readonly #die: () => void

  constructor(die: () => void) {
    this.#die = die
  }

  async boot(options: BootOptions, onUpdates: (updates: readonly Update[]) => void): Promise<BootInfo> {
    SmallEngine.booted.push(options)
    this.#send = onUpdates
    for (const entry of options.log ?? []) {
      if (entry['text'] === 'poison') return this.#never()
      this.#typed += String(entry['text'])
      this.#index++
    }
    return {
      version: '1',
      startMs: 0,
      nowMs: 0,
      speed: 1,
      home: '/',
      terminals: [],
      replayed: this.#index,
      tookMs: 0,
    }
  }
  async ping(): Promise<void> {}
  async terminalInput(_terminal: string, text: string): Promise<void> {
    this.#send([
      { kind: 'inputs', entries: [{ index: this.#index++, atMs: 0, kind: 'terminal-input', text }] },
    ])
    if (text === 'die' || text === 'poison') return this.#never()
    this.#typed += text
  }
  async readFile(): Promise<string> {
    return this.#typed
  }
  #never(): Promise<never> {
    this.#die()
    return new Promise(() => {})
  }
}

/** What `new Worker` gives, over a message channel. */
function smallWorker(): Worker {
  const { port1, port2 } = new MessageChannel()
  let failed: (event: { message: string }) => void = () => {}
  expose(new SmallEngine(() => setTimeout(() => failed({ message: 'out of memory' }), 5)), port2)
  return Object.assign(port1, {
    terminate: () => (port1.close(), port2.close()),
    addEventListener: (type: string, listener: never) =>
      type === 'error'
        ? (failed = listener)
        : MessagePort.prototype.addEventListener.call(port1, type, listener),
  }) as unknown as Worker
}

class MemoryStore implements SessionStore {
  readonly sessions = new Map<string, StoredSession>()
  async load(session: string): Promise<StoredSession | undefined> {
    return this.sessions.get(session)
  }
  async begin(session: string, stored: StoredSession): Promise<void> {
    this.sessions.set(session, { ...stored, log: [...stored.log] })
  }
  async append(session: string, entries: readonly LogEntry[]): Promise<void> {
    const stored = this.sessions.get(session)!
    this.sessions.set(session, { ...stored, log: [...stored.log, ...entries] })
  }
}

async function started(store = new MemoryStore(), more: Partial<ClientOptions> = {}) {
  SmallEngine.booted = []
  const statuses: ClientStatus['kind'][] = []
  const client = new EngineClient({
    createWorker: smallWorker,
    store,
    session: 'lesson',
    seed: 7,
    onUpdates: () => {},
    onBoot: () => {},
    onStatus: ({ kind }) => statuses.push(kind),
    ...more,
  })
  onTestFinished(() => client.dispose())
  await client.start()
  return { client, store, statuses }
}

describe('a session', () => {
  it('goes on after a visit where it was', async () => {
    const { client, store } = await started()
    await client.call('terminalInput', 'main', 'one ')
    await client.call('terminalInput', 'main', 'two ')
    const again = await started(store)
    expect(await again.client.call('readFile', '')).toBe('one two ')
    expect(SmallEngine.booted[0]).toMatchObject({ seed: 7, log: [{ index: 0 }, { index: 1 }] })
  })

  it('survives the death of its worker, and the caller only waits', async () => {
    const { client, statuses } = await started()
    await client.call('terminalInput', 'main', 'one ')
    const dying = client.call('terminalInput', 'main', 'die')
    await dying
    expect(await client.call('readFile', '')).toBe('one die')
    expect(statuses).toContain('restarting')
    expect(statuses.at(-1)).toBe('ready')
  })

  it('leaves out an input that kills every replay, and nothing else', async () => {
    const { client, statuses } = await started()
    await client.call('terminalInput', 'main', 'one ')
    void client.call('terminalInput', 'main', 'poison').catch(() => {})
    await expect.poll(() => statuses.filter((kind) => kind === 'ready').length, { timeout: 3000 }).toBe(2)
    await expect.poll(() => client.call('readFile', ''), { timeout: 3000 }).toBe('one ')
    expect(client.log).toHaveLength(1)
  })

  it('begins anew when asked', async () => {
    const { client, store } = await started()
    await client.call('terminalInput', 'main', 'one ')
    await client.reset()
    expect(await client.call('readFile', '')).toBe('')
    expect(store.sessions.get('lesson')!.log).toEqual([])
  })

  it('takes a shared session, and keeps what was done to it over a reload', async () => {
    const shared: StoredSession = {
      seed: 9,
      version: '1',
      log: [{ index: 0, atMs: 0, kind: 'terminal-input', text: 'theirs ' }],
    }
    const { client, store } = await started(new MemoryStore(), { shared })
    await client.call('terminalInput', 'main', 'mine')
    const again = await started(store, { shared })
    expect(await again.client.call('readFile', '')).toBe('theirs mine')
    expect(again.client.seed).toBe(9)
  })
})
