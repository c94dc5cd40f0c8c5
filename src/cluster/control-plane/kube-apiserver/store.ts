import type { ObjectMeta } from '../../../api/generated/types.ts'
import type { Kind } from '../../../api/kind.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import type { Etcd } from '../etcd/etcd.ts'
import { ownershipOf, withOwnership, type Ownership } from './managed-fields/managed-fields.ts'
import { type EtcdEvent } from '../etcd/etcd.ts'

/** An object as it is kept: with the metadata that the server filled. */
export interface StoredObject extends KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta & {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
  }
}

export type StoreEvent = EtcdEvent<StoredObject>

/** Where the real server keeps kinds whose key is not simply their plural. */
const REGISTRY_PATHS: Readonly<Record<string, string>> = {
  services: 'services/specs',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  ingresses: 'ingress',
}

/** So many keys are not sorted sooner than all objects are looked at. */
const MANY = 500

const EVENT_TTL_MS = 3_600_000

/** Objects by kind, namespace and name, on top of etcd's keys. Pods are also found by their node. */
export class Store {
  readonly etcd: Etcd<StoredObject>
  readonly #computed = new Map<Kind, () => readonly StoredObject[]>()
  readonly #podsByNode = new Map<string, Map<string, StoredObject>>()
  /** Of the kinds that somebody has asked for by label. */
  readonly #labelled = new Map<Kind, LabelIndex>()
  readonly #stopIndexing: (() => void)[] = []

  /** @param etcd may be filled already, by an API server before this one. */
  constructor(etcd: Etcd<StoredObject>) {
    this.etcd = etcd
    for (const { key, value } of etcd.range('/registry/pods/')) this.#indexPod(key, undefined, value)
    this.#stopIndexing.push(
      etcd.watch('/registry/pods/', ({ type, key, value, previous }) =>
        this.#indexPod(key, previous?.value, type === 'PUT' ? value : undefined),
      ),
    )
  }

  stop(): void {
    for (const stop of this.#stopIndexing) stop()
  }

  /** Objects of `kind` are not stored but made whenever they are read. */
  serveComputed(kind: Kind, compute: () => readonly StoredObject[]): void {
    this.#computed.set(kind, compute)
  }

  /** Objects of this kind have no version. */
  isComputed(kind: Kind): boolean {
    return this.#computed.has(kind)
  }

  get resourceVersion(): string {
    return String(this.etcd.revision)
  }

  prefix(kind: Kind, namespace = ''): string {
    const path = REGISTRY_PATHS[kind.plural] ?? kind.plural
    return `/registry/${path}/${namespace === '' ? '' : `${namespace}/`}`
  }

  key(kind: Kind, namespace: string, name: string): string {
    return `${this.prefix(kind, kind.namespaced ? namespace : '')}${name}`
  }

  read(kind: Kind, namespace: string, name: string): StoredObject | undefined {
    const computed = this.#computed.get(kind)
    if (computed) return computed().find(({ metadata }) => metadata.name === name)
    return this.etcd.get(this.key(kind, namespace, name))?.value
  }

  /** In order of namespace and name. `namespace` empty: all of them. */
  list(kind: Kind, namespace = ''): readonly StoredObject[] {
    const computed = this.#computed.get(kind)
    if (computed) return computed()
    return this.etcd.range(this.prefix(kind, namespace)).map(({ value }) => value)
  }

  /** Those of `list` that have the label, without a look at the others; where that is no less work, all of them. */
  listLabelled(
    kind: Kind,
    namespace: string,
    label: { key: string; value: string },
  ): readonly StoredObject[] {
    if (this.#computed.has(kind)) return this.list(kind, namespace)
    const prefix = this.prefix(kind, namespace)
    const keys = this.#labelIndexOf(kind).keys(label.key, label.value)
    if (keys.length > MANY) return this.list(kind, namespace)
    return keys
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => this.etcd.get(key)!.value)
  }

  #labelIndexOf(kind: Kind): LabelIndex {
    let index = this.#labelled.get(kind)
    if (!index) {
      index = new LabelIndex()
      const prefix = this.prefix(kind)
      for (const { key, value } of this.etcd.range(prefix)) index.change(key, undefined, value)
      const { change } = index
      this.#stopIndexing.push(
        this.etcd.watch(prefix, ({ type, key, value, previous }) =>
          change(key, previous?.value, type === 'PUT' ? value : undefined),
        ),
      )
      this.#labelled.set(kind, index)
    }
    return index
  }

  /** @throws CompactedError */
  listAt(kind: Kind, namespace: string, revision: number): readonly StoredObject[] {
    return this.etcd.rangeAt(this.prefix(kind, namespace), revision).map(({ value }) => value)
  }

  podsOnNode(nodeName: string): readonly StoredObject[] {
    return [...(this.#podsByNode.get(nodeName)?.values() ?? [])]
  }

  /**
   * Writes an object, new or changed, with the revision as its resourceVersion.
   * @param ownership who manages what. Default: as before, for writes that nobody keeps account of (a binding)
   */
  write(kind: Kind, object: StoredObject, ownership?: Ownership): StoredObject {
    const key = this.key(kind, object.metadata.namespace ?? '', object.metadata.name)
    const ttl = kind.plural === 'events' ? EVENT_TTL_MS : undefined
    const managed = ownership ?? this.#ownershipAt(key)
    return this.etcd.put(key, (revision) => withOwnership(withRevision(object, revision), managed), ttl).value
  }

  /** Removes an object and returns it as watchers saw it go: with the revision of its removal. */
  remove(kind: Kind, object: StoredObject): StoredObject {
    const key = this.key(kind, object.metadata.namespace ?? '', object.metadata.name)
    const managed = this.#ownershipAt(key)
    let tombstone = object
    this.etcd.delete(key, (revision) => (tombstone = withOwnership(withRevision(object, revision), managed)))
    return tombstone
  }

  #ownershipAt(key: string): Ownership | undefined {
    const stored = this.etcd.get(key)
    return stored && ownershipOf(stored.value)
  }

  #indexPod(key: string, previous: StoredObject | undefined, next: StoredObject | undefined): void {
    const before = previous && nodeNameOf(previous)
    const after = next && nodeNameOf(next)
    if (before && before !== after) this.#podsByNode.get(before)?.delete(key)
    if (!next || !after) return
    let pods = this.#podsByNode.get(after)
    if (!pods) this.#podsByNode.set(after, (pods = new Map()))
    pods.set(key, next)
  }
}

/** Keys by the labels of the objects there. */
class LabelIndex {
  readonly #keys = new Map<string, Set<string>>()

  keys(label: string, value: string): readonly string[] {
    return [...(this.#keys.get(`${label}=${value}`) ?? [])]
  }

  readonly change = (
    key: string,
    previous: StoredObject | undefined,
    next: StoredObject | undefined,
  ): void => {
    const before = previous?.metadata.labels
    const after = next?.metadata.labels
    if (before === after) return
    for (const label in before)
      if (after?.[label] !== before[label]) this.#remove(`${label}=${before[label]}`, key)
    for (const label in after)
      if (before?.[label] !== after[label]) this.#add(`${label}=${after[label]}`, key)
  }

  #add(pair: string, key: string): void {
    let keys = this.#keys.get(pair)
    if (!keys) this.#keys.set(pair, (keys = new Set()))
    keys.add(key)
  }

  #remove(pair: string, key: string): void {
    const keys = this.#keys.get(pair)
    keys?.delete(key)
    if (keys?.size === 0) this.#keys.delete(pair)
  }
}

/** The node a Pod is bound to; the empty string for none. */
export function nodeNameOf(pod: KubernetesObject): string {
  return (pod as { spec?: { nodeName?: string } }).spec?.nodeName ?? ''
}

function withRevision(object: StoredObject, revision: number): StoredObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
}
