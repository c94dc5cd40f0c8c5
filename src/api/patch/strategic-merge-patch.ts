import { isObject, setOwn, without, type JsonObject } from '../objects.ts'
import { fieldsOf } from '../schema.ts'
import { mergeKeyOf } from './merge-keys.ts'
import { PatchError } from './json-patch.ts'

/**
 * Applies a strategic merge patch: like a merge patch, but lists with a merge key are merged item by item, and the
 * directives `$patch`, `$retainKeys`, `$setElementOrder/x` and `$deleteFromPrimitiveList/x` are obeyed.
 * What the patch leaves as it is stays the same reference: the document itself, when nothing changes.
 * @param definition the schema's name for the document; undefined where there is none (free-form maps).
 * @throws PatchError when an item has no merge key, or a directive is unknown.
 */
export function strategicMergePatch(
  definition: string | undefined,
  document: JsonObject,
  patch: JsonObject,
): JsonObject {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch)
  if (patch['$patch'] === 'delete') return {}
  if (patch['$patch'] !== undefined && patch['$patch'] !== 'merge') throw unknownDirective(patch['$patch'])
  let result = retained(document, patch)
  const put = (key: string, value: unknown): void => {
    if (value === undefined || (Object.hasOwn(result, key) && result[key] === value)) return
    if (result === document) result = { ...document }
    setOwn(result as Record<string, unknown>, key, value)
  }
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (key.startsWith('$')) {
      const [directive, field] = key.split('/')
      const items = result[field!]
      if (directive === '$deleteFromPrimitiveList') put(field!, remaining(items, value))
      else if (directive === '$setElementOrder' && !Object.hasOwn(patch, field!))
        put(field!, reordered(definition, items, field!, value))
    } else if (value === null) result = without(result, key)
    else
      put(
        key,
        mergeField(definition, key, Object.hasOwn(result, key) ? result[key] : undefined, value, patch),
      )
  }
  return result
}

function mergeField(
  definition: string | undefined,
  key: string,
  old: unknown,
  value: unknown,
  patch: JsonObject,
): unknown {
  const type = definition === undefined ? undefined : fieldsOf(definition)?.get(key)
  const inner = type && fieldsOf(type.name) ? type.name : undefined
  if (isObject(value))
    return strategicMergePatch(type?.wrappers.length ? undefined : inner, isObject(old) ? old : {}, value)
  if (!Array.isArray(value)) return value
  const mergeKey = definition === undefined ? undefined : mergeKeyOf(definition, key)
  if (mergeKey === undefined) return value.map(stripped)
  const items = Array.isArray(old) ? (old as readonly unknown[]) : []
  const order = patch[`$setElementOrder/${key}`] as readonly unknown[] | undefined
  return mergeKey === '' ? mergePlain(items, value, order) : mergeItems(inner, mergeKey, items, value, order)
}

function mergePlain(
  items: readonly unknown[],
  added: readonly unknown[],
  order: readonly unknown[] | undefined,
): unknown[] {
  const merged = [...items, ...added.filter((item) => !items.includes(item))]
  return order ? ordered(merged, items, order, (item) => item) : merged
}

function mergeItems(
  definition: string | undefined,
  mergeKey: string,
  old: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
): readonly unknown[] {
  const keyOf = (item: unknown): unknown => (isObject(item) ? item[mergeKey] : undefined)
  const changes = patch.filter((item): item is JsonObject => isObject(item))
  if (changes.some((item) => item['$patch'] === 'replace' && keyOf(item) === undefined)) {
    return changes.filter((item) => item['$patch'] !== 'replace' || keyOf(item) !== undefined).map(stripped)
  }
  let items = [...old]
  for (const change of changes) {
    const key = keyOf(change)
    if (key === undefined)
      throw new PatchError(`map: ${JSON.stringify(change)} does not contain declared merge key: ${mergeKey}`)
    const index = items.findIndex((item) => keyOf(item) === key)
    if (change['$patch'] === 'delete') items = items.filter((item) => keyOf(item) !== key)
    else if (index < 0) items.push(strategicMergePatch(definition, {}, change))
    else items[index] = strategicMergePatch(definition, items[index] as JsonObject, change)
  }
  const result = order ? ordered(items, old, order.map(keyOf), keyOf) : items
  return isSame(result, old) ? old : result
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])

/**
 * Items in the patch's order; those that only the server has stay where they were among their old neighbours.
 */
function ordered(
  items: readonly unknown[],
  old: readonly unknown[],
  order: readonly unknown[],
  keyOf: (item: unknown) => unknown,
): unknown[] {
  const [ranks, places] = [positions(order), positions(old.map(keyOf))]
  const rank = (item: unknown) => ranks.get(keyOf(item)) ?? -1
  const place = (item: unknown) => places.get(keyOf(item)) ?? -1
  const others = items.filter((item) => rank(item) < 0)
  const named = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b))
  const result: unknown[] = []
  while (named.length > 0 && others.length > 0) {
    const [other, next] = [place(others[0]), place(named[0])]
    result.push(other >= 0 && next >= 0 && other < next ? others.shift() : named.shift())
  }
  return [...result, ...named, ...others]
}

/** Where each value is met first. */
function positions(values: readonly unknown[]): Map<unknown, number> {
  const found = new Map<unknown, number>()
  values.forEach((value, index) => {
    if (!found.has(value)) found.set(value, index)
  })
  return found
}

function reordered(definition: string | undefined, items: unknown, field: string, order: unknown): unknown {
  const mergeKey = definition === undefined ? undefined : mergeKeyOf(definition, field)
  if (!Array.isArray(items) || !Array.isArray(order) || mergeKey === undefined) return items
  const keyOf = (item: unknown): unknown =>
    mergeKey === '' ? item : isObject(item) ? item[mergeKey] : undefined
  return ordered(items, items, order.map(keyOf), keyOf)
}

function remaining(items: unknown, gone: unknown): unknown {
  if (!Array.isArray(items) || !Array.isArray(gone)) return items
  return (items as readonly unknown[]).filter((item) => !gone.includes(item))
}

/** `$retainKeys`: what the patch does not list is dropped. */
function retained(document: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch['$retainKeys']
  if (!Array.isArray(keys)) return document
  return Object.fromEntries(Object.entries(document).filter(([key]) => keys.includes(key)))
}

const stripped = (value: unknown): unknown =>
  isObject(value) ? withoutDirectives(value) : Array.isArray(value) ? value.map(stripped) : value

function withoutDirectives(patch: JsonObject): JsonObject {
  const result: Record<string, unknown> = {}
  for (const key of Object.keys(patch)) {
    if (!key.startsWith('$') && patch[key] !== null) setOwn(result, key, stripped(patch[key]))
  }
  return result
}

const unknownDirective = (directive: unknown) =>
  new PatchError(`Unknown patch type found: ${String(directive)}`)
