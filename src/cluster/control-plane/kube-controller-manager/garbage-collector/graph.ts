import type { KubernetesObject, OwnerReference, Resource } from '../../../../api/index.ts'
import { uidOf } from '../../../../client/index.ts'

/** One object of the cluster as the garbage collector knows it. */
export interface Vertex {
  readonly resource: Resource
  readonly object: KubernetesObject
}

/**
 * Who owns whom, by UID. Kept up to date from every kind's informer, so that the dependents of an object are at hand
 * the moment it goes, at a cost that depends on their number alone.
 */
export class OwnerGraph {
  readonly #vertices = new Map<string, Vertex>()
  readonly #dependents = new Map<string, Set<string>>()
  /** Owners that were seen to go while something still referred to them. */
  readonly #gone = new Set<string>()

  get(uid: string): Vertex | undefined {
    return this.#vertices.get(uid)
  }

  isKnownGone(uid: string): boolean {
    return this.#gone.has(uid)
  }

  noteGone(uid: string): void {
    this.#gone.add(uid)
  }

  dependentsOf(uid: string): readonly string[] {
    const dependents = this.#dependents.get(uid)
    return dependents ? [...dependents] : []
  }

  put(vertex: Vertex): void {
    const uid = uidOf(vertex.object)
    const before = this.#vertices.get(uid)
    this.#vertices.set(uid, vertex)
    const owners = ownersOf(vertex.object)
    const known = before ? ownersOf(before.object) : []
    if (owners === known) return
    for (const owner of known)
      if (!owners.some((other) => other.uid === owner.uid)) this.#unlink(owner.uid, uid)
    for (const owner of owners) {
      const dependents = this.#dependents.get(owner.uid)
      if (dependents) dependents.add(uid)
      else this.#dependents.set(owner.uid, new Set([uid]))
    }
  }

  remove(uid: string): void {
    const vertex = this.#vertices.get(uid)
    if (!vertex) return
    this.#vertices.delete(uid)
    for (const owner of ownersOf(vertex.object)) this.#unlink(owner.uid, uid)
    if (this.#dependents.has(uid)) this.#gone.add(uid)
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner)
    dependents?.delete(dependent)
    if (dependents?.size !== 0) return
    this.#dependents.delete(owner)
    this.#gone.delete(owner)
  }
}

const NONE: readonly OwnerReference[] = []

export const ownersOf = (object: KubernetesObject): readonly OwnerReference[] =>
  object.metadata?.ownerReferences ?? NONE
