import type { ManagedFieldsEntry } from '../../../../api/generated/types.ts'
import type { Kind } from '../../../../api/kind.ts'
import type { JsonObject } from '../../../../api/objects.ts'
import { apiVersionOf, type KubernetesObject } from '../../../../api/resource.ts'
import { compareObjects } from './compare.ts'
import { difference, sameSet, sorted, union, type FieldSet } from './field-set.ts'

/** Who wrote, by which way and when: with the fields it set last, an entry of `metadata.managedFields`. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  /** RFC 3339. */
  readonly time: string
}

export interface Managed extends Manager {
  readonly fields: FieldSet
}

/** A write that is not worked out yet: what it was made on, and what the client gave, with defaults. */
export interface Change {
  readonly kind: Kind
  readonly live: KubernetesObject | undefined
  readonly given: KubernetesObject
  readonly by: Manager
}

/**
 * Who manages what in one version of an object. It follows from the writes alone and few ever look at it, so it is
 * worked out when somebody does.
 */
export class Ownership {
  #entries: readonly Managed[] | undefined
  #pending: { readonly before: Ownership | undefined; readonly change: Change } | undefined
  #depth: number

  private constructor(entries: readonly Managed[] | undefined, before?: Ownership, change?: Change) {
    this.#entries = entries
    this.#pending = change && { before, change }
    this.#depth = change ? (before ? before.#depth : 0) + 1 : 0
    // What is not worked out keeps old versions alive: not too many of them.
    if (this.#depth >= MAX_PENDING) void this.entries
  }

  static of(entries: readonly Managed[]): Ownership {
    return new Ownership(entries)
  }

  static after(before: Ownership | undefined, change: Change): Ownership {
    return new Ownership(undefined, before, change)
  }

  get entries(): readonly Managed[] {
    if (this.#pending) {
      const { before, change } = this.#pending
      this.#entries = updated(before?.entries ?? [], change)
      this.#pending = undefined
      this.#depth = 0
    }
    return this.#entries!
  }
}

const MAX_PENDING = 8

const NO_OBJECT: JsonObject = {}

/** A write takes what it changes from everybody else. */
function updated(entries: readonly Managed[], { kind, live, given, by }: Change): readonly Managed[] {
  const { changed, removed } = compareObjects(
    kind.definition,
    (live ?? NO_OBJECT) as JsonObject,
    given as unknown as JsonObject,
    managesStatus(kind, by.subresource),
  )
  const left = entries.flatMap((entry) => {
    const fields = difference(difference(entry.fields, changed), removed)
    return fields ? [{ ...entry, fields }] : []
  })
  if (!changed) return left
  const mine = left.find((entry) => isSame(entry, by))
  return [...left.filter((entry) => entry !== mine), { ...by, fields: union(mine?.fields, changed)! }]
}

/** Does a write through this door set the status? */
export const managesStatus = (kind: Kind, subresource: string): boolean =>
  subresource !== '' || !kind.subresources.some(({ name }) => name === 'status')

export const isSame = (a: Manager, b: Manager): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.apiVersion === b.apiVersion &&
  a.subresource === b.subresource

/** Do they say the same, whenever they said it? */
export function isSameOwnership(a: Ownership, b: Ownership | undefined): boolean {
  const others = b?.entries ?? []
  return (
    a.entries.length === others.length &&
    a.entries.every((one) => others.some((other) => isSame(one, other) && sameSet(one.fields, other.fields)))
  )
}

/** By version of an object. Outlives an API server, as what is stored does. */
const ownerships = new WeakMap<object, Ownership>()

export const ownershipOf = (object: KubernetesObject): Ownership | undefined => ownerships.get(object)

/** Notes who manages what in `object`; returns it. */
export function withOwnership<T extends KubernetesObject>(object: T, ownership: Ownership | undefined): T {
  if (ownership) ownerships.set(object, ownership)
  return object
}

/** The object as clients see it: with `metadata.managedFields`. */
export function withManagedFields<T extends KubernetesObject>(object: T): T {
  const entries = ownershipOf(object)?.entries
  if (!entries?.length) return object
  return { ...object, metadata: { ...object.metadata, managedFields: encoded(entries) } }
}

/** In the server's order: what was applied, then by time, then by name. */
function encoded(entries: readonly Managed[]): readonly ManagedFieldsEntry[] {
  const rank = ({ operation, time, manager, apiVersion, subresource }: Managed) =>
    [operation, time, manager, apiVersion, subresource].join('\n')
  const ordered = [...entries].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  return ordered.map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: sorted(fields),
    ...(subresource === '' ? {} : { subresource }),
  }))
}

/** What a client says who manages what; undefined when it says nothing. One empty entry clears everything. */
export function ownershipGiven(entries: readonly ManagedFieldsEntry[] | undefined): Ownership | undefined {
  if (!entries?.length) return undefined
  const known = entries.filter(({ manager, fieldsV1 }) => manager !== undefined && fieldsV1 !== undefined)
  return Ownership.of(
    known.map((entry) => ({
      manager: entry.manager!,
      operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      time: entry.time ?? '',
      fields: entry.fieldsV1 as FieldSet,
    })),
  )
}

/** The version that the client spoke counts, not the one that is stored. */
export const updateBy = (
  at: { readonly group: string; readonly version: string; readonly subresource: string },
  manager: string,
  time: string,
): Manager => ({
  manager,
  operation: 'Update',
  apiVersion: apiVersionOf(at),
  subresource: at.subresource,
  time,
})
