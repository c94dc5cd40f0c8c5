/** The one running session: the worker's client, its status, and who is told of which update. */
import { EngineClient, type ClientOptions, type ClientStatus } from '../../worker/client.ts'
import type { BootInfo, Update } from '../../worker/protocol.ts'

type Kind = Update['kind']
type UpdateOf<K extends Kind> = Extract<Update, { kind: K }>

class Session {
  status = $state.raw<ClientStatus>({ kind: 'booting' })
  info = $state.raw<BootInfo>()
  /** Bugs of ours that the worker reported: shown, never hidden. */
  faults = $state.raw<readonly string[]>([])
  /** What the learner should know and can do nothing about. */
  notice = $state('')
  readonly #listeners = new Map<Kind, ((update: never) => void)[]>()
  readonly #bootListeners: ((info: BootInfo) => void)[] = []
  #client: EngineClient | undefined
  #started!: (client: EngineClient) => void
  readonly #whenStarted = new Promise<EngineClient>((resolve) => (this.#started = resolve))

  /** Everything that the page asks of the worker goes through here; before the boot it waits. */
  readonly call = (async (...call: unknown[]) => {
    const client = await this.#whenStarted
    return (client.call as (...call: unknown[]) => Promise<unknown>).apply(client, call)
  }) as EngineClient['call']

  get client(): EngineClient | undefined {
    return this.#client
  }

  on<K extends Kind>(kind: K, listener: (update: UpdateOf<K>) => void): void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener as (update: never) => void])
  }

  /** Told of every boot: the first, and those after a crash or a journey back in time. */
  onBoot(listener: (info: BootInfo) => void): void {
    this.#bootListeners.push(listener)
  }

  start(options: Omit<ClientOptions, 'onUpdates' | 'onBoot' | 'onStatus'>): void {
    this.#client = new EngineClient({
      ...options,
      onUpdates: (updates) => this.#receive(updates),
      onStatus: (status) => (this.status = status),
      onBoot: (info) => {
        this.info = info
        for (const listener of this.#bootListeners) listener(info)
      },
    })
    this.#started(this.#client)
    void this.#client.start()
  }

  #receive(updates: readonly Update[]): void {
    for (const update of updates) {
      if (update.kind === 'fault') this.faults = [...this.faults.slice(-19), update.message]
      for (const listener of this.#listeners.get(update.kind) ?? [])
        (listener as (update: Update) => void)(update)
    }
  }
}

export const session = new Session()
