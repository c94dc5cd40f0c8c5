import { isObject, type JsonObject } from '../../../../api/objects.ts'
import { partsOf } from './compare.ts'
import { shown } from './field-set.ts'
import { itemElement, omittedKey, valueElement, type Topology } from './topology.ts'

/**
 * What keeps the items of an object's lists from being told apart, in the words of structured-merge-diff: an item
 * without its key, or two with the same.
 */
export const listFaults = (definition: string, object: JsonObject): readonly string[] =>
  faultsIn({ kind: 'struct', definition }, object, '')

function faultsIn(topology: Topology, value: unknown, path: string): readonly string[] {
  const parts = partsOf(topology, value)
  if (!parts) return []
  const own = Array.isArray(value) ? faultsOfItems(topology, value).map((fault) => `${path}: ${fault}`) : []
  const inner = [...parts].flatMap(([element, [part, kind]]) => faultsIn(kind, part, path + shown(element)))
  return [...own, ...inner]
}

function faultsOfItems(topology: Topology, items: readonly unknown[]): readonly string[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const omitted =
      topology.kind === 'keyed-list' && isObject(item) ? omittedKey(item, topology.keys) : undefined
    if (omitted !== undefined)
      return `element ${index}: associative list with keys has an element that omits key field "${omitted}" (and doesn't have default value)`
    const element = topology.kind === 'keyed-list' ? itemElement(item, topology.keys) : valueElement(item)
    const isTwice = seen.has(element)
    seen.add(element)
    return isTwice ? `duplicate entries for key ${shown(element)}` : []
  })
}
