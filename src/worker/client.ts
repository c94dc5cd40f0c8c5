/**
 * The page's side of the worker: starts it, keeps the session's inputs where they survive, notices when the worker
 * died or hangs, and then starts another that replays them. Whoever calls never sees that, but for a short wait.
 */
import { proxy, releaseProxy, wrap, type Remote } from 'comlink'
import { Life } from './client/life.ts'
import { continues, type SessionStore, type StoredSession } from './client/stored-session.ts'
import type { BootInfo, BootOptions, Engine, LessonSource, LogEntry, Update } from './protocol.ts'

export type { SessionStore, StoredSession }

export interface ClientOptions {
  readonly createWorker: () => Worker
  readonly store: SessionStore
  /** Name under which the session is kept, e.g. the lesson's id. */
  readonly session: string
  readonly seed: number
  readonly lesson?: LessonSource
  /** A session from elsewhere (a shared link) to take the place of the stored one. */
  readonly shared?: StoredSession
  readonly onUpdates: (updates: readonly Update[]) => void
  /** Called at every boot, the first and each after a restart: watches and tracing have to be asked for again. */
  readonly onBoot: (info: BootInfo) => void
  readonly onStatus: (status: ClientStatus) => void
}

export type ClientStatus =
  | { readonly kind: 'booting' }
  | { readonly kind: 'ready' }
  /** The worker died or hung; another one is being brought to the same state. */
  | { readonly kind: 'restarting'; readonly reason: string }
  /**
   * The stored session does not lead where it led: another version of the engine made it. It stays as it is, for
   * `export`, until `reset` begins anew.
   */
  | {
      readonly kind: 'diverged'
      readonly reason: string
      readonly recordedBy: string
      readonly engine: string
    }
  /** Not even a replay works. `reset` begins anew. */
  | { readonly kind: 'failed'; readonly reason: string }

type Methods = Omit<Engine, 'boot' | 'ping'>
type Method = keyof Methods

/** How often the worker is asked whether it lives, and how many unanswered times mean that it does not. */
const PING_EVERY_MS = 1000
const MISSED_PINGS = 6
/** Replays that may fail in a row before an input is suspected, and before we give up. */
const REPLAYS_BEFORE_DROP = 2
const REPLAYS_BEFORE_FAILURE = 4

/** Methods that become entries of the log, and whose result is nothing but that they were done. */
const INPUTS: ReadonlySet<Method> = new Set<Method>([
  'openTerminal',
  'terminalInput',
  'resizeTerminal',
  'closeTerminal',
  'writeFile',
  'removeFile',
  'renameFile',
  'finishEditor',
  'startLoad',
  'stopLoad',
  'setSpeed',
  'goToStep',
])

const NEVER: Promise<never> = new Promise(() => {})

export class EngineClient {
  readonly #options: ClientOptions
  #worker: Worker | undefined
  #remote: Remote<Engine> | undefined
  #ready: Promise<void> = NEVER
  #life = new Life()
  #session: StoredSession | undefined
  /** Version of the worker started last. */
  #engine = ''
  #log: LogEntry[] = []
  #failures = 0
  #inputsUnderWay = 0
  #pingTimer: ReturnType<typeof setInterval> | undefined

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Inputs of the session so far, oldest first. */
  get log(): readonly LogEntry[] {
    return this.#log
  }

  get seed(): number {
    return this.#session?.seed ?? this.#options.seed
  }

  /** Loads what is stored and boots. Resolves when the worker takes calls. */
  async start(): Promise<void> {
    const { store, session, seed, lesson, shared } = this.#options
    const kept = await store.load(session).catch(() => undefined)
    const stored = shared && !(kept && continues(kept, shared)) ? shared : kept
    this.#session = stored ?? { seed, version: '', log: [], ...(lesson ? { lesson: lesson.id } : {}) }
    this.#log = [...this.#session.log]
    await this.#begin()
    this.#watchOver()
    this.#boot({})
    await this.#ready
  }

  /**
   * Calls a method of the engine, after the boot. When the worker dies meanwhile, the call is made again after the
   * restart, unless it was an input that the log holds already: then the replay has done it.
   */
  async call<M extends Method>(
    method: M,
    ...args: Parameters<Methods[M]>
  ): Promise<Awaited<ReturnType<Methods[M]>>> {
    type Result = Awaited<ReturnType<Methods[M]>>
    await this.#ready
    const isInput = INPUTS.has(method)
    const expectedIndex = this.#log.length + this.#inputsUnderWay
    if (isInput) this.#inputsUnderWay++
    const life = this.#life
    const outcome = await Promise.race([
      this.#send(method, args).then((value) => ({ value })),
      life.ended,
    ]).finally(() => {
      if (isInput) this.#inputsUnderWay--
    })
    if ('value' in outcome) return outcome.value as Result
    if (isInput && outcome.logged > expectedIndex) return undefined as Result
    // What hung the worker once would hang it again.
    if (outcome.cause === 'hung')
      throw new Error('The cluster stopped answering and was restarted; this was not done.')
    await this.#ready
    return (await this.#send(method, args)) as Result
  }

  #send(method: string, args: readonly unknown[]): Promise<unknown> {
    return (this.#remote as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[
      method
    ]!(...args)
  }

  /** Goes back in time: boots anew and replays only up to there. What came after is forgotten. */
  async rewind(until: NonNullable<BootOptions['until']>): Promise<void> {
    this.#options.onStatus({ kind: 'booting' })
    this.#end('rewound')
    this.#boot({ until })
    await this.#ready
  }

  /** Begins the session anew, with nothing done. */
  async reset(seed = this.seed): Promise<void> {
    this.#session = { ...this.#session!, seed, version: '' }
    this.#log = []
    this.#failures = 0
    await this.#begin()
    this.#options.onStatus({ kind: 'booting' })
    this.#end('rewound')
    this.#boot({})
    await this.#ready
  }

  /** The session as it would be stored: what a link or a file carries. */
  export(): StoredSession {
    return { ...this.#session!, log: this.#log }
  }

  dispose(): void {
    clearInterval(this.#pingTimer)
    this.#end('rewound')
  }

  async #begin(): Promise<void> {
    await this.#options.store.begin(this.#options.session, this.export()).catch(() => {})
  }

  #boot({ until }: Pick<BootOptions, 'until'>): void {
    const { createWorker, lesson, onUpdates, onBoot, onStatus } = this.#options
    const life = (this.#life = new Life())
    const worker = (this.#worker = createWorker())
    worker.addEventListener('error', (event) =>
      this.#died(life, event.message || 'the worker could not start'),
    )
    const remote = (this.#remote = wrap<Engine>(worker))
    void remote.ping().then((version) => (this.#engine = version))
    const options: BootOptions = {
      seed: this.seed,
      log: this.#log,
      ...(lesson ? { lesson } : {}),
      ...(until ? { until } : {}),
    }
    const receive = (updates: readonly Update[]) => {
      if (this.#life !== life) return
      for (const update of updates) if (update.kind === 'inputs') this.#keep(update.entries)
      onUpdates(updates)
    }
    if (this.#failures === 0) onStatus({ kind: 'booting' })
    this.#ready = (async () => {
      const info = await Promise.race([remote.boot(options, proxy(receive)), life.ended])
      if ('cause' in info) return this.#ready
      await this.#booted(info)
      onBoot(info)
      onStatus({ kind: 'ready' })
    })().catch((error: unknown) => {
      this.#couldNotBoot(life, error)
      return this.#ready
    })
  }

  async #booted(info: BootInfo): Promise<void> {
    const isChanged = info.replayed < this.#log.length || this.#session!.version !== info.version
    this.#log.length = Math.min(this.#log.length, info.replayed)
    this.#session = { ...this.#session!, version: info.version }
    if (isChanged) await this.#begin()
    // A worker that lives a while after its boot has proved its log.
    setTimeout(() => (this.#failures = 0), 5000)
  }

  #couldNotBoot(life: Life, error: unknown): void {
    if (!(error instanceof Error)) return this.#died(life, String(error))
    if (error.name !== 'ReplayDiverged') return this.#died(life, error.message)
    if (this.#life !== life || life.isOver) return
    this.#end('died')
    const { version } = this.#session!
    this.#options.onStatus({
      kind: 'diverged',
      reason: error.message,
      recordedBy: version,
      engine: this.#engine,
    })
  }

  #keep(entries: readonly LogEntry[]): void {
    const fresh = entries.filter((entry) => entry.index >= this.#log.length)
    if (fresh.length === 0) return
    this.#log.push(...fresh)
    this.#options.store.append(this.#options.session, fresh).catch(() => {})
  }

  /** Counted in ticks of our own timer, not in time: a laptop that slept for a night is no hung worker. */
  #watchOver(): void {
    let unanswered = 0
    let asked: Life | undefined
    this.#pingTimer = setInterval(() => {
      const life = this.#life
      if (asked === life) {
        unanswered++
        if (unanswered >= MISSED_PINGS) {
          asked = undefined
          this.#died(life, 'it did not answer for some seconds', 'hung')
        }
        return
      }
      asked = life
      unanswered = 0
      void this.#remote?.ping().then(() => {
        if (asked === life) asked = undefined
      })
    }, PING_EVERY_MS)
  }

  #died(life: Life, reason: string, cause: 'died' | 'hung' = 'died'): void {
    if (this.#life !== life || life.isOver) return
    this.#failures++
    if (this.#failures >= REPLAYS_BEFORE_FAILURE) {
      this.#end(cause)
      this.#options.onStatus({ kind: 'failed', reason })
      return
    }
    this.#options.onStatus({ kind: 'restarting', reason })
    this.#end(cause)
    // The same replay failed twice: the last input is the likeliest culprit, and losing one beats losing all. Where
    // another version wrote the log, the version is.
    const isOurs = this.#session!.version === this.#engine
    if (this.#failures > REPLAYS_BEFORE_DROP && isOurs) this.#log.pop()
    this.#boot({})
  }

  #end(cause: 'died' | 'hung' | 'rewound'): void {
    const life = this.#life
    this.#remote?.[releaseProxy]()
    this.#worker?.terminate()
    this.#remote = undefined
    this.#ready = NEVER
    life.end({ cause, logged: this.#log.length })
  }
}
