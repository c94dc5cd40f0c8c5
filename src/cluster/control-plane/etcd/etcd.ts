import type { Simulation, Timer } from '../../../sim/index.ts'
import { Keyspace } from './keyspace.ts'

/** A key's present value. Values are references to immutable objects: nothing is serialised. */
export interface KeyValue<V = unknown> {
  readonly key: string
  readonly value: V
  readonly createRevision: number
  readonly modRevision: number
}

/** One committed write. */
export interface EtcdEvent<V = unknown> {
  readonly type: 'PUT' | 'DELETE'
  readonly key: string
  readonly revision: number
  /** What was put; for a delete, the tombstone that the deleter gave. */
  readonly value: V
  /** What was there before; undefined when the key is new. */
  readonly previous: KeyValue<V> | undefined
}

export type WatchListener<V> = (event: EtcdEvent<V>) => void

/** The revision asked for was compacted away. */
export class CompactedError extends Error {
  readonly compactRevision: number

  constructor(compactRevision: number) {
    super('etcdserver: mvcc: required revision has been compacted')
    this.compactRevision = compactRevision
  }
}

/** Nobody listens where etcd should. */
export class EtcdUnavailableError extends Error {
  constructor() {
    super(
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"',
    )
  }
}

export interface EtcdOptions {
  readonly simulation: Simulation
  /** Called with each committed write, in order: the log that two runs of one session must share. */
  readonly onCommit?: (event: EtcdEvent) => void
}

/**
 * A store of keys with one revision counter for all: each write gets the next number, and every write since the last
 * compaction can be told again. Keys are paths (`/registry/pods/default/web`). What is stored outlives a stop; reading
 * and writing while stopped throw EtcdUnavailableError.
 */
export class Etcd<V = unknown> {
  readonly #simulation: Simulation
  readonly #onCommit: ((event: EtcdEvent) => void) | undefined
  readonly #keys = new Keyspace<KeyValue<V>>()
  /** Writes since compaction; the first has revision `#compactRevision + 1`. */
  #history: EtcdEvent<V>[] = []
  #revision = 1
  #compactRevision = 1
  readonly #leases = new Map<string, Timer>()
  /** A new list at each change: who is told of a write was there when it was made. */
  #watchers: readonly { readonly prefix: string; readonly listener: WatchListener<V> }[] = []
  readonly #undelivered: EtcdEvent<V>[] = []
  #delivering = false
  #running = true
  /** Keys whose lease ran out while etcd was stopped. */
  readonly #overdue = new Map<string, V>()

  constructor(options: EtcdOptions) {
    this.#simulation = options.simulation
    this.#onCommit = options.onCommit
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision
  }

  get compactRevision(): number {
    return this.#compactRevision
  }

  get running(): boolean {
    return this.#running
  }

  /** Goes on with what was stored. */
  start(): void {
    this.#running = true
    for (const [key, value] of this.#overdue) this.delete(key, () => value)
    this.#overdue.clear()
  }

  stop(): void {
    this.#running = false
  }

  get(key: string): KeyValue<V> | undefined {
    this.#mustRun()
    return this.#keys.get(key)
  }

  /** All keys below `prefix`, in order of keys. */
  range(prefix: string): readonly KeyValue<V>[] {
    this.#mustRun()
    return this.#keys.range(prefix)
  }

  /**
   * `range` as it was at `revision`: the present with what came later undone.
   * @throws CompactedError
   */
  rangeAt(prefix: string, revision: number): readonly KeyValue<V>[] {
    if (revision >= this.#revision) return this.range(prefix)
    if (revision < this.#compactRevision) throw new CompactedError(this.#compactRevision)
    const past = new Map(this.range(prefix).map((entry) => [entry.key, entry]))
    for (
      let index = this.#history.length - 1;
      index >= 0 && this.#history[index]!.revision > revision;
      index--
    ) {
      const { key, previous } = this.#history[index]!
      if (!key.startsWith(prefix)) continue
      if (previous) past.set(key, previous)
      else past.delete(key)
    }
    return [...past.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /**
   * Writes a key. `build` gets the revision that the write will have, for a value that must carry it.
   * @param ttlMs a lease of its own: the key is deleted that long after its last write.
   */
  put(key: string, build: (revision: number) => V, ttlMs?: number): KeyValue<V> {
    this.#mustRun()
    const previous = this.#keys.get(key)
    const revision = this.#revision + 1
    const value = build(revision)
    const entry = { key, value, createRevision: previous?.createRevision ?? revision, modRevision: revision }
    this.#keys.set(key, entry)
    this.#leases.get(key)?.cancel()
    if (ttlMs !== undefined) {
      this.#leases.set(
        key,
        this.#simulation.schedule(ttlMs, () => this.#expire(key, value)),
      )
    }
    this.#commit({ type: 'PUT', key, revision, value, previous })
    return entry
  }

  /** Deletes a key; `build` makes the tombstone that watchers see. False when there is no such key. */
  delete(key: string, build: (revision: number) => V): boolean {
    this.#mustRun()
    const previous = this.#keys.get(key)
    if (!previous) return false
    const revision = this.#revision + 1
    const value = build(revision)
    this.#keys.delete(key)
    this.#leases.get(key)?.cancel()
    this.#leases.delete(key)
    this.#commit({ type: 'DELETE', key, revision, value, previous })
    return true
  }

  /** Every write below `prefix` from now on, in order, one at a time: a write made by a listener waits its turn. */
  watch(prefix: string, listener: WatchListener<V>): () => void {
    const watcher = { prefix, listener }
    this.#watchers = [...this.#watchers, watcher]
    return () => {
      this.#watchers = this.#watchers.filter((other) => other !== watcher)
    }
  }

  /**
   * The writes below `prefix` after `revision`, oldest first.
   * @throws CompactedError
   */
  history(prefix: string, revision: number): readonly EtcdEvent<V>[] {
    this.#mustRun()
    if (revision < this.#compactRevision) throw new CompactedError(this.#compactRevision)
    const first = revision - this.#compactRevision
    const found: EtcdEvent<V>[] = []
    for (let index = first; index < this.#history.length; index++) {
      const event = this.#history[index]!
      if (event.key.startsWith(prefix)) found.push(event)
    }
    return found
  }

  /** Forgets how things were before `revision`. */
  compact(revision: number): void {
    const until = Math.min(revision, this.#revision)
    if (until <= this.#compactRevision) return
    this.#history = this.#history.slice(until - this.#compactRevision)
    this.#compactRevision = until
  }

  #mustRun(): void {
    if (!this.#running) throw new EtcdUnavailableError()
  }

  #expire(key: string, value: V): void {
    if (this.#running) this.delete(key, () => value)
    else this.#overdue.set(key, value)
  }

  #commit(event: EtcdEvent<V>): void {
    this.#revision = event.revision
    this.#history.push(event)
    this.#onCommit?.(event)
    this.#undelivered.push(event)
    if (this.#delivering) return
    this.#delivering = true
    for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift()) {
      for (const { prefix, listener } of this.#watchers) if (next.key.startsWith(prefix)) listener(next)
    }
    this.#delivering = false
  }
}
