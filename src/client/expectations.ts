import type { KubernetesObject } from '../api/resource.ts'
import type { Informer } from './informer.ts'
import { isDeleting, uidOf } from './objects.ts'

interface Expected {
  /** The cache must have come this far, by informer. */
  readonly versions: Map<Informer<never>, number>
  /** These objects must be gone, or going, in the cache. */
  readonly deletions: Map<Informer<never>, Set<string>>
}

/**
 * What a controller has written and its cache does not show yet. A controller that acted before would act twice:
 * create the Pod it just created again. So a key with open expectations waits.
 */
export class Expectations {
  readonly #expected = new Map<string, Expected>()
  /** Keys by the informers they wait for. */
  readonly #waiting = new Map<Informer<never>, Set<string>>()
  readonly #met: (key: string) => void

  /** @param met called when the last expectation of a key came true. */
  constructor(met: (key: string) => void) {
    this.#met = met
  }

  isOpen(key: string): boolean {
    return this.#expected.has(key)
  }

  expectVersion(key: string, informer: Informer<never>, version: number): void {
    if (informer.lastVersion >= version) return
    const { versions } = this.#expect(key, informer)
    versions.set(informer, Math.max(version, versions.get(informer) ?? 0))
  }

  expectDeletion(key: string, informer: Informer<never>, object: KubernetesObject): void {
    const { namespace, name = '' } = object.metadata ?? {}
    const cached: KubernetesObject | undefined = informer.get(namespace, name)
    if (!cached || uidOf(cached) !== uidOf(object) || isDeleting(cached)) return
    const { deletions } = this.#expect(key, informer)
    const uids = deletions.get(informer)
    if (uids) uids.add(uidOf(object))
    else deletions.set(informer, new Set([uidOf(object)]))
  }

  /** To be told of every change of an informer that writes go through. */
  observe(
    informer: Informer<never>,
    next: KubernetesObject | undefined,
    previous: KubernetesObject | undefined,
  ): void {
    const waiting = this.#waiting.get(informer)
    if (!waiting) return
    const gone = previous && (!next || isDeleting(next)) ? uidOf(previous) : undefined
    for (const key of waiting) this.#check(key, informer, gone)
  }

  #check(key: string, informer: Informer<never>, gone: string | undefined): void {
    const expected = this.#expected.get(key)!
    const version = expected.versions.get(informer)
    if (version !== undefined && informer.lastVersion >= version) expected.versions.delete(informer)
    const uids = expected.deletions.get(informer)
    if (uids && gone !== undefined && uids.delete(gone) && uids.size === 0)
      expected.deletions.delete(informer)
    if (expected.versions.has(informer) || expected.deletions.has(informer)) return
    this.#waiting.get(informer)?.delete(key)
    if (expected.versions.size > 0 || expected.deletions.size > 0) return
    this.#expected.delete(key)
    this.#met(key)
  }

  #expect(key: string, informer: Informer<never>): Expected {
    let expected = this.#expected.get(key)
    if (!expected) this.#expected.set(key, (expected = { versions: new Map(), deletions: new Map() }))
    let keys = this.#waiting.get(informer)
    if (!keys) this.#waiting.set(informer, (keys = new Set()))
    keys.add(key)
    return expected
  }
}
