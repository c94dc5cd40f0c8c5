import type { Kind } from '../../../api/kind.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import type { WatchEvent } from '../../../api/wire.ts'
import { nodeNameOf, type Store, type StoredObject, type StoreEvent } from './store.ts'

/** Somebody who wants to be told of changes. At most one of name and nodeName narrows down which. */
export interface Watcher {
  readonly namespace: string
  readonly name: string | undefined
  readonly nodeName: string | undefined
  /** Undefined: everything. */
  readonly matches: ((object: KubernetesObject) => boolean) | undefined
  send(event: WatchEvent<StoredObject>): void
}

/**
 * Passes etcd's events on to the watchers of each kind. Watchers are found by what they asked for (a name, a node, a
 * namespace), so a change of one Pod costs only those that may care; each gets the same event object.
 */
export class WatchHub {
  readonly #store: Store
  readonly #kinds = new Map<Kind, Map<string, Set<Watcher>>>()
  readonly #etcdWatches: (() => void)[] = []

  constructor(store: Store) {
    this.#store = store
  }

  /** @returns a function that ends the watch. */
  add(kind: Kind, watcher: Watcher): () => void {
    let groups = this.#kinds.get(kind)
    if (!groups) {
      const all = new Map<string, Set<Watcher>>()
      groups = all
      this.#kinds.set(kind, all)
      this.#etcdWatches.push(
        this.#store.etcd.watch(this.#store.prefix(kind), (event) => dispatch(all, event)),
      )
    }
    const key = groupOf(watcher)
    let group = groups.get(key)
    if (!group) groups.set(key, (group = new Set()))
    group.add(watcher)
    const found = group
    return () => {
      found.delete(watcher)
      if (found.size === 0 && groups.get(key) === found) groups.delete(key)
    }
  }

  stop(): void {
    for (const stop of this.#etcdWatches) stop()
  }
}

function groupOf({ namespace, name, nodeName }: Watcher): string {
  if (name !== undefined) return `name ${namespace}/${name}`
  if (nodeName !== undefined) return `node ${nodeName}`
  return namespace === '' ? '' : `namespace ${namespace}`
}

function dispatch(groups: Map<string, Set<Watcher>>, event: StoreEvent): void {
  const { metadata } = event.value
  const namespace = metadata.namespace ?? ''
  const translate = translator(event)
  const tell = (group: string): void => {
    const watchers = groups.get(group)
    if (!watchers) return
    for (const watcher of watchers) {
      if (watcher.namespace !== '' && watcher.namespace !== namespace) continue
      const told = translate(watcher)
      if (told) watcher.send(told)
    }
  }
  tell('')
  if (namespace !== '') {
    tell(`namespace ${namespace}`)
    tell(`name ${namespace}/${metadata.name}`)
  }
  tell(`name /${metadata.name}`)
  const node = nodeNameOf(event.value)
  const before = event.previous ? nodeNameOf(event.previous.value) : ''
  if (node !== '') tell(`node ${node}`)
  if (before !== '' && before !== node) tell(`node ${before}`)
}

/**
 * What a write means to a watcher: an object that begins to match its selector is ADDED, one that ceases to is DELETED.
 * Each of the three is made once and shared.
 */
export function translator(
  event: StoreEvent,
): (watcher: Pick<Watcher, 'matches'>) => WatchEvent<StoredObject> | undefined {
  const made: Partial<Record<WatchEvent['type'], WatchEvent<StoredObject>>> = {}
  const make = (type: WatchEvent['type'], object: StoredObject) => (made[type] ??= { type, object })
  const { previous, value } = event
  return ({ matches }) => {
    const before = previous !== undefined && (!matches || matches(previous.value))
    const now = event.type === 'PUT' && (!matches || matches(value))
    if (now) return make(before ? 'MODIFIED' : 'ADDED', value)
    if (!before) return undefined
    return make('DELETED', event.type === 'DELETE' ? value : lastSeen(event))
  }
}

/** The object as a watcher last saw it, at the revision at which it left. */
function lastSeen({ previous, value }: StoreEvent): StoredObject {
  const object = previous!.value
  return { ...object, metadata: { ...object.metadata, resourceVersion: value.metadata.resourceVersion } }
}
