import { fieldsOf } from '../../api/schema.ts'
import { mergeKeyOf } from '../../api/patch/merge-keys.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * The strategic merge patch that brings `current` to `modified`, and removes what `original` had and `modified` has not.
 * Fields that only `current` has are somebody else's and stay.
 * @param definition the schema's name of the object, for the merge keys of its lists
 */
export function threeWayStrategicPatch(
  definition: string | undefined,
  original: Json,
  modified: Json,
  current: Json,
): Json {
  const additions = diffMaps(definition, current, modified, { deletions: false })
  const deletions = diffMaps(definition, original, modified, { deletions: true })
  return combine(definition, deletions, additions)
}

/** The strategic merge patch from one object to another. */
export function strategicPatch(definition: string | undefined, from: Json, to: Json): Json {
  const additions = diffMaps(definition, from, to, { deletions: false })
  return combine(definition, diffMaps(definition, from, to, { deletions: true }), additions)
}

/** The JSON merge patch of three objects: lists are replaced as a whole. */
export function threeWayMergePatch(original: Json, modified: Json, current: Json): Json {
  return merge(mergeDiff(original, modified, true), mergeDiff(current, modified, false))
}

interface Options {
  /** Only what is gone in `to`; otherwise only what is new or different in it. */
  readonly deletions: boolean
}

function diffMaps(definition: string | undefined, from: Json, to: Json, options: Options): Json {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from)) {
    if (options.deletions && !Object.hasOwn(to, key)) patch[key] = null
  }
  for (const key of Object.keys(to)) {
    if (!Object.hasOwn(from, key)) {
      if (!options.deletions) patch[key] = to[key]
      continue
    }
    Object.assign(patch, diffField(definition, key, from[key], to[key], options))
  }
  if (!options.deletions) Object.assign(patch, retainKeys(definition, patch, to))
  return patch
}

/** Unions whose other members go away when one is set. */
const RETAINED = new Set(['DeploymentStrategy', 'Volume'])

function retainKeys(definition: string | undefined, patch: Json, to: Json): Json {
  return definition && RETAINED.has(definition) && Object.keys(patch).length > 0
    ? { $retainKeys: Object.keys(to).sort() }
    : {}
}

function diffField(
  definition: string | undefined,
  key: string,
  from: unknown,
  to: unknown,
  options: Options,
): Json {
  const type = definition === undefined ? undefined : fieldsOf(definition)?.get(key)
  const inner = type && fieldsOf(type.name) ? type.name : undefined
  if (isMap(from) && isMap(to)) {
    const below = diffMaps(type?.wrappers.length ? undefined : inner, from, to, options)
    return Object.keys(below).length > 0 ? { [key]: below } : {}
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const mergeKey = definition === undefined ? undefined : mergeKeyOf(definition, key)
    if (mergeKey) return diffItems(inner, key, mergeKey, from as Json[], to as Json[], options)
    if (mergeKey === '') return diffPlain(key, from, to, options)
  }
  return options.deletions || same(from, to) ? {} : { [key]: to }
}

/** Lists of objects told apart by a key: a patch for each that changed, and the order when anything did. */
function diffItems(
  definition: string | undefined,
  key: string,
  mergeKey: string,
  from: readonly Json[],
  to: readonly Json[],
  options: Options,
): Json {
  const items: Json[] = []
  for (const item of to) {
    const before = from.find((one) => same(one[mergeKey], item[mergeKey]))
    if (!before) {
      if (!options.deletions) items.push(item)
      continue
    }
    const changes = diffMaps(definition, before, item, options)
    if (Object.keys(changes).length > 0) items.push({ ...changes, [mergeKey]: item[mergeKey] })
  }
  if (options.deletions) {
    for (const item of from) {
      if (!to.some((one) => same(one[mergeKey], item[mergeKey])))
        items.push({ $patch: 'delete', [mergeKey]: item[mergeKey] })
    }
  }
  const order = to.map((item) => ({ [mergeKey]: item[mergeKey] }))
  const reordered = !options.deletions && !sameOrder(order, from, mergeKey)
  return {
    ...(items.length > 0 || reordered ? { [`$setElementOrder/${key}`]: order } : {}),
    ...(items.length > 0 ? { [key]: byKey(items, mergeKey) } : {}),
  }
}

function byKey(items: readonly Json[], mergeKey: string): Json[] {
  return [...items].sort((a, b) => (String(a[mergeKey]) < String(b[mergeKey]) ? -1 : 1))
}

function sameOrder(order: readonly Json[], from: readonly Json[], mergeKey: string): boolean {
  const known = from.filter((item) => order.some((one) => same(one[mergeKey], item[mergeKey])))
  return order.length === known.length && known.every((item, i) => same(item[mergeKey], order[i]![mergeKey]))
}

function diffPlain(key: string, from: readonly unknown[], to: readonly unknown[], options: Options): Json {
  const added = to.filter((item) => !from.includes(item))
  const gone = from.filter((item) => !to.includes(item))
  if (options.deletions) return gone.length > 0 ? { [`$deleteFromPrimitiveList/${key}`]: gone } : {}
  return added.length > 0 ? { [`$setElementOrder/${key}`]: to, [key]: added } : {}
}

/** Deletions and additions in one patch; where both say something of one list item, of the item. */
function combine(definition: string | undefined, deletions: Json, additions: Json): Json {
  const result: Record<string, unknown> = { ...additions }
  for (const [key, value] of Object.entries(deletions)) {
    const other = result[key]
    const type = definition === undefined ? undefined : fieldsOf(definition)?.get(key)
    if (isMap(value) && isMap(other))
      result[key] = combine(type?.wrappers.length ? undefined : type?.name, value, other)
    else if (Array.isArray(value) && Array.isArray(other) && !key.startsWith('$')) {
      const mergeKey = definition === undefined ? undefined : mergeKeyOf(definition, key)
      result[key] = mergeKey ? combineItems(type?.name, mergeKey, value as Json[], other as Json[]) : other
    } else if (other === undefined) result[key] = value
  }
  return result
}

function combineItems(
  definition: string | undefined,
  mergeKey: string,
  deletions: readonly Json[],
  additions: readonly Json[],
): Json[] {
  const merged = additions.map((item) => {
    const gone = deletions.find((one) => same(one[mergeKey], item[mergeKey]))
    return gone ? combine(definition, gone, item) : item
  })
  // What goes away is said last.
  const gone = deletions.filter((one) => !additions.some((item) => same(item[mergeKey], one[mergeKey])))
  return [...merged, ...gone]
}

function mergeDiff(from: Json, to: Json, deletions: boolean): Json {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from)) if (deletions && !Object.hasOwn(to, key)) patch[key] = null
  for (const key of Object.keys(to)) {
    const [before, after] = [from[key], to[key]]
    if (isMap(before) && isMap(after)) {
      const below = mergeDiff(before, after, deletions)
      if (Object.keys(below).length > 0) patch[key] = below
    } else if (!deletions && !same(before, after)) patch[key] = after
  }
  return patch
}

function merge(first: Json, second: Json): Json {
  const result: Record<string, unknown> = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const before = result[key]
    result[key] = isMap(before) && isMap(value) ? merge(before, value) : value
  }
  return result
}

/** The merge patch from one object to another. */
export function mergePatchBetween(from: Json, to: Json): Json {
  return merge(mergeDiff(from, to, true), mergeDiff(from, to, false))
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  )
}
