import { equal, isObject, type JsonObject } from '../../../../api/objects.ts'
import { childrenAlone, LEAF, nodeOf, type FieldSet } from './field-set.ts'
import { itemElement, structTopology, topologyOf, valueElement, type Topology } from './topology.ts'

/** Which fields a write set or changed, and which it took away. */
export interface Comparison {
  readonly changed: FieldSet | undefined
  readonly removed: FieldSet | undefined
}

/** Fields of an object that nobody owns: only the server sets them. */
const SERVER_METADATA = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
])

/** An object's fields that can be owned. @param withStatus false where status has its own subresource */
function ownable(object: JsonObject, withStatus: boolean): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !SERVER_METADATA.has(key))
  if (!withStatus) delete (rest as Record<string, unknown>)['status']
  return { ...rest, metadata: Object.fromEntries(kept) }
}

export function compareObjects(
  definition: string,
  live: JsonObject,
  next: JsonObject,
  withStatus: boolean,
): Comparison {
  return compareStructs(definition, ownable(live, withStatus), ownable(next, withStatus), true)
}

/** What an object mentions: values and items of lists; what only holds them is not owned by mentioning it. */
export function fieldSetOf(definition: string, object: JsonObject, withStatus: boolean): FieldSet {
  const { metadata, ...rest } = ownable(object, withStatus)
  const mentioned = isObject(metadata) && Object.keys(metadata).length === 0 ? rest : { ...rest, metadata }
  return mentionedIn({ kind: 'struct', definition }, mentioned, false)
}

function mentionedIn(topology: Topology, value: unknown, isItem: boolean): FieldSet {
  const parts = partsOf(topology, value)
  if (!parts) return LEAF
  const children: Record<string, FieldSet> = {}
  for (const [element, [part, inner]] of parts)
    children[element] = mentionedIn(inner, part, topology.kind === 'keyed-list')
  return nodeOf(isItem, children) ?? LEAF
}

type KeyedList = Extract<Topology, { readonly kind: 'keyed-list' }>
type Items = ReadonlyMap<string, readonly [value: unknown, topology: Topology]>

/** A value's parts by path element; undefined when it is owned as a whole. */
export function partsOf(topology: Topology, value: unknown): Items | undefined {
  switch (topology.kind) {
    case 'atomic':
      return undefined
    case 'struct':
      if (!isObject(value)) return undefined
      return new Map(
        Object.entries(value).map(([key, part]) => [
          `f:${key}`,
          [part, topologyOf(topology.definition, key).topology],
        ]),
      )
    case 'map':
      if (!isObject(value)) return undefined
      return new Map(Object.entries(value).map(([key, part]) => [`f:${key}`, [part, { kind: 'atomic' }]]))
    case 'keyed-list': {
      if (!Array.isArray(value)) return undefined
      return keyedParts(value, topology.keys, structTopology(topology.definition))
    }
    case 'set':
      if (!Array.isArray(value)) return undefined
      return new Map(value.map((part) => [valueElement(part), [part, { kind: 'atomic' }]]))
  }
}

/** Items that have the same key are owned together, as a whole. */
function keyedParts(list: readonly unknown[], keys: KeyedList['keys'], item: Topology): Items {
  const parts = new Map<string, readonly [value: unknown, topology: Topology]>()
  for (const part of list) {
    const element = itemElement(part, keys)
    const twin = parts.get(element)
    parts.set(element, twin ? [[twin[0], part], { kind: 'atomic' }] : [part, item])
  }
  return parts
}

/** Everything in a value, itself included. */
function wholeOf(topology: Topology, value: unknown): FieldSet {
  const parts = partsOf(topology, value)
  if (!parts) return LEAF
  const children: Record<string, FieldSet> = {}
  for (const [element, [part, inner]] of parts)
    if (part !== undefined) children[element] = wholeOf(inner, part)
  return nodeOf(true, children)!
}

const NOTHING: Comparison = { changed: undefined, removed: undefined }

function compareStructs(definition: string, a: JsonObject, b: JsonObject, isRoot = false): Comparison {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return gathered(
    [...keys].map((key) => {
      const { topology, absent } = topologyOf(definition, key, isRoot)
      return [`f:${key}`, compare(topology, a[key] ?? absent, b[key] ?? absent)]
    }),
  )
}

function compare(topology: Topology, before: unknown, after: unknown): Comparison {
  if (before === after) return NOTHING
  if (before === undefined) return { changed: wholeOf(topology, after), removed: undefined }
  if (after === undefined) return { changed: undefined, removed: wholeOf(topology, before) }
  if (topology.kind === 'struct' && isObject(before) && isObject(after)) {
    return compareStructs(topology.definition, before, after)
  }
  const [old, next] = [partsOf(topology, before), partsOf(topology, after)]
  if (!old && !next) return equal(before, after) ? NOTHING : { changed: LEAF, removed: undefined }
  // From or to a nil list: its items come or go, the list itself was and is there.
  if (!old) return { changed: childrenAlone(wholeOf(topology, after)), removed: undefined }
  if (!next) return { changed: undefined, removed: childrenAlone(wholeOf(topology, before)) }
  const elements = new Set([...old.keys(), ...next.keys()])
  return gathered(
    [...elements].map((element) => {
      const [[was, inner] = [undefined, undefined], [is, innerNow] = [undefined, undefined]] = [
        old.get(element),
        next.get(element),
      ]
      return [element, compare((inner ?? innerNow)!, was, is)]
    }),
  )
}

function gathered(parts: readonly (readonly [string, Comparison])[]): Comparison {
  const changed: Record<string, FieldSet> = {}
  const removed: Record<string, FieldSet> = {}
  for (const [element, comparison] of parts) {
    if (comparison.changed) changed[element] = comparison.changed
    if (comparison.removed) removed[element] = comparison.removed
  }
  return { changed: nodeOf(false, changed), removed: nodeOf(false, removed) }
}
