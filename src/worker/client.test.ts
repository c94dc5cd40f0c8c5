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
      if (entry['text'] === 'diverge')
        throw Object.assign(new Error('input 1 comes too early'), { name: 'ReplayDiverged' })
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
  async ping(): Promise<string> {
    return '1'
  }
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

function unstarted(store: SessionStore, more: Partial<ClientOptions>): EngineClient {
  const client = new EngineClient({
    createWorker: smallWorker,
    store,
    session: 'lesson',
    seed: 7,
    onUpdates: () => {},
    onBoot: () => {},
    onStatus: () => {},
    ...more,
  })
  onTestFinished(() => client.dispose())
  return client
}

async function started(store = new MemoryStore(), more: Partial<ClientOptions> = {}) {
  SmallEngine.booted = []
  const statuses: ClientStatus['kind'][] = []
  const client = unstarted(store, { onStatus: ({ kind }) => statuses.push(kind), ...more })
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

  it('leaves alone what another version made and this one cannot repeat', async () => {
    const log = [{ index: 0, atMs: 0, kind: 'terminal-input', text: 'diverge' }]
    const stored: StoredSession = { seed: 7, version: '0', log }
    const store = new MemoryStore()
    await store.begin('lesson', stored)
    const statuses: ClientStatus[] = []
    const client = unstarted(store, { onStatus: (status) => statuses.push(status) })
    void client.start()
    await expect
      .poll(() => statuses.at(-1))
      .toEqual({ kind: 'diverged', reason: 'input 1 comes too early', recordedBy: '0', engine: '1' })
    expect(client.export()).toEqual(stored)
    expect(store.sessions.get('lesson')).toEqual(stored)
    await client.reset()
    expect(await client.call('readFile', '')).toBe('')
    expect(statuses.at(-1)).toEqual({ kind: 'ready' })
  })

  it('drops no input of another version, whatever it does to the worker', async () => {
    const log = [{ index: 0, atMs: 0, kind: 'terminal-input', text: 'poison' }]
    const store = new MemoryStore()
    await store.begin('lesson', { seed: 7, version: '0', log })
    const statuses: ClientStatus['kind'][] = []
    const client = unstarted(store, { onStatus: ({ kind }) => statuses.push(kind) })
    void client.start()
    await expect.poll(() => statuses.at(-1), { timeout: 3000 }).toBe('failed')
    expect(client.export().log).toEqual(log)
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
