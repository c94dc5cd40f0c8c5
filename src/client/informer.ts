import type { Status } from '../api/generated/types.ts'
import type { KubernetesObject, Resource } from '../api/resource.ts'
import type { Cancel, WatchEvent } from '../api/wire.ts'
import type { Client, ListOptions } from './client.ts'
import { keyOf, namespaceOf, versionOf } from './objects.ts'

export interface InformerOptions {
  /** Only objects of this namespace. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** The values under which an index finds an object: none, one or several. */
export type IndexFunction<T> = (object: T) => readonly string[]

/** Called after the cache changed: created (no `previous`), changed, or gone (no `next`). */
export type ChangeListener<T> = (next: T | undefined, previous: T | undefined) => void

/** client-go's reflector: from 800 ms doubling to 30 s, up to twice that by chance. */
const FIRST_BACKOFF_MS = 800
const LONGEST_BACKOFF_MS = 30_000

/**
 * A live copy of one collection: lists it, then watches from there. A broken watch is resumed at the last version
 * seen; when the server no longer has that version (410 Gone) the collection is listed anew and the difference
 * told to the listeners. Cached objects are the server's own, shared and never to be changed.
 */
export class Informer<T extends KubernetesObject> {
  readonly resource: Resource<T>
  readonly #client: Client
  readonly #options: InformerOptions
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, Index<T>>()
  readonly #listeners: ChangeListener<T>[] = []
  readonly #syncListeners: (() => void)[] = []
  #lastVersion = 0
  #synced = false
  #running = false
  #failures = 0
  #cancel: Cancel = () => {}

  constructor(client: Client, resource: Resource<T>, options: InformerOptions = {}) {
    this.#client = client
    this.resource = resource
    this.#options = options
    this.addIndex('namespace', (object) => [namespaceOf(object)])
  }

  /** Whether the first list has arrived. */
  get synced(): boolean {
    return this.#synced
  }

  /** The cache shows every write to this collection up to this resource version. */
  get lastVersion(): number {
    return this.#lastVersion
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(namespace ? `${namespace}/${name}` : name)
  }

  getByKey(key: string): T | undefined {
    return this.#objects.get(key)
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex('namespace', namespace)
  }

  /** Adds an index, kept up to date from now on; one of that name that already exists stays. */
  addIndex(name: string, indexFunction: IndexFunction<T>): void {
    if (this.#indexes.has(name)) return
    const index = new Index(indexFunction)
    for (const [key, object] of this.#objects) index.replace(key, object, undefined)
    this.#indexes.set(name, index)
  }

  /** The objects that the index of that name files under `value`. */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name)
    if (!index) throw new Error(`informer of ${this.resource.plural} has no index ${name}`)
    return index.get(value)
  }

  onChange(listener: ChangeListener<T>): void {
    this.#listeners.push(listener)
  }

  /** Calls once the first list has arrived and its changes were told; at once when that is already so. */
  onSync(listener: () => void): void {
    if (this.#synced) listener()
    else this.#syncListeners.push(listener)
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#list()
  }

  stop(): void {
    this.#running = false
    this.#cancel()
  }

  #list(): void {
    this.#cancel = this.#client.list(this.resource, this.#options.namespace, this.#selectors(), (result) => {
      if (!this.#running) return
      if (!result.ok) return this.#later(() => this.#list())
      this.#replaceAll(result.object.items, Number(result.object.metadata.resourceVersion ?? 0))
      this.#watch()
    })
  }

  #watch(): void {
    const options = { ...this.#selectors(), resourceVersion: String(this.#lastVersion) }
    let expired = false
    this.#cancel = this.#client.watch(this.resource, this.#options.namespace, options, {
      event: (event) => {
        this.#failures = 0
        if (event.type === 'ERROR') expired ||= isExpired(event.object as unknown as Status)
        else this.#apply(event)
      },
      end: (failure) => {
        if (!this.#running) return
        if (expired || failure?.code === 410) this.#list()
        else this.#later(() => this.#watch())
      },
    })
  }

  #later(retry: () => void): void {
    const { simulation } = this.#client
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures++, LONGEST_BACKOFF_MS)
    const timer = simulation.schedule(backoff * (1 + simulation.random('informer back-off').next()), retry)
    this.#cancel = () => timer.cancel()
  }

  #selectors(): ListOptions {
    const { labelSelector, fieldSelector } = this.#options
    return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
  }

  #apply(event: WatchEvent<T>): void {
    const { type, object } = event
    this.#lastVersion = Math.max(this.#lastVersion, versionOf(object))
    if (type === 'BOOKMARK') return
    this.#set(keyOf(object), type === 'DELETED' ? undefined : object)
  }

  #replaceAll(items: readonly T[], version: number): void {
    this.#failures = 0
    this.#lastVersion = version
    const gone = new Set(this.#objects.keys())
    for (const item of items) {
      const key = keyOf(item)
      gone.delete(key)
      if (versionOf(item) !== versionOf(this.#objects.get(key) ?? {})) this.#set(key, item)
    }
    for (const key of gone) this.#set(key, undefined)
    if (this.#synced) return
    this.#synced = true
    for (const listener of this.#syncListeners.splice(0)) listener()
  }

  #set(key: string, next: T | undefined): void {
    const previous = this.#objects.get(key)
    if (next) this.#objects.set(key, next)
    else this.#objects.delete(key)
    if (!next && !previous) return
    for (const index of this.#indexes.values()) index.replace(key, next, previous)
    for (const listener of this.#listeners) listener(next, previous)
  }
}

const isExpired = (status: Status): boolean => status.code === 410 || status.reason === 'Expired'

const NO_VALUES: readonly string[] = []

class Index<T> {
  readonly #valuesOf: IndexFunction<T>
  readonly #entries = new Map<string, Map<string, T>>()

  constructor(valuesOf: IndexFunction<T>) {
    this.#valuesOf = valuesOf
  }

  get(value: string): readonly T[] {
    const entries = this.#entries.get(value)
    return entries ? [...entries.values()] : []
  }

  replace(key: string, next: T | undefined, previous: T | undefined): void {
    const now = next ? this.#valuesOf(next) : NO_VALUES
    const before = previous ? this.#valuesOf(previous) : NO_VALUES
    if (before !== now) for (const value of before) if (!now.includes(value)) this.#remove(value, key)
    for (const value of now) {
      let entries = this.#entries.get(value)
      if (!entries) this.#entries.set(value, (entries = new Map()))
      entries.set(key, next!)
    }
  }

  #remove(value: string, key: string): void {
    const entries = this.#entries.get(value)
    entries?.delete(key)
    if (entries?.size === 0) this.#entries.delete(value)
  }
}

/** The informers of one component: whoever asks for the same collection shares one. */
export class InformerSet {
  readonly #client: Client
  readonly #informers = new Map<string, Informer<never>>()
  /** Those without selectors: asked for at every look into a cache. */
  readonly #whole = new Map<Resource, Informer<never>>()
  #started = false

  constructor(client: Client) {
    this.#client = client
  }

  /** The informer of that collection, made (and started, when the set runs already) at the first call. */
  for<T extends KubernetesObject>(resource: Resource<T>, options?: InformerOptions): Informer<T> {
    if (options) return this.#find(resource, options)
    let informer = this.#whole.get(resource) as Informer<T> | undefined
    if (!informer) {
      informer = this.#find(resource, {})
      this.#whole.set(resource, informer as unknown as Informer<never>)
    }
    return informer
  }

  #find<T extends KubernetesObject>(resource: Resource<T>, options: InformerOptions): Informer<T> {
    const selectors = [options.namespace, options.labelSelector, options.fieldSelector].join('|')
    const key = `${resource.group}/${resource.plural}|${selectors}`
    let informer = this.#informers.get(key) as Informer<T> | undefined
    if (!informer) {
      informer = new Informer(this.#client, resource, options)
      this.#informers.set(key, informer as unknown as Informer<never>)
      if (this.#started) informer.start()
    }
    return informer
  }

  /** Whether every informer of the set has its first list. */
  get synced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.synced)
  }

  /** Calls once every informer that is in the set now has its first list. */
  onSync(listener: () => void): void {
    let missing = this.#informers.size
    if (missing === 0) return listener()
    for (const informer of this.#informers.values()) {
      informer.onSync(() => {
        if (--missing === 0) listener()
      })
    }
  }

  start(): void {
    this.#started = true
    for (const informer of this.#informers.values()) informer.start()
  }

  stop(): void {
    this.#started = false
    for (const informer of this.#informers.values()) informer.stop()
  }
}
