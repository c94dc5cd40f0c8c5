import { isObject, setOwn, type JsonObject } from '../../../../api/objects.ts'
import { partsOf } from './compare.ts'
import { type FieldSet } from './field-set.ts'
import { itemElement, structTopology, topologyOf, valueElement, type Topology } from './topology.ts'

/** What is applied laid over what is there: structs, maps and keyed lists part by part, the rest as a whole. */
export function merge(topology: Topology, live: unknown, applied: unknown): unknown {
  if (live === undefined || live === null || applied === undefined || applied === null) return applied ?? live
  if ((topology.kind === 'struct' || topology.kind === 'map') && isObject(live) && isObject(applied)) {
    const result: Record<string, unknown> = { ...live }
    for (const [key, value] of Object.entries(applied)) {
      const inner = topology.kind === 'struct' ? topologyOf(topology.definition, key).topology : ATOMIC
      setOwn(result, key, merge(inner, Object.hasOwn(live, key) ? live[key] : undefined, value))
    }
    return result
  }
  if (topology.kind === 'keyed-list' || topology.kind === 'set') return mergeLists(topology, live, applied)
  return applied
}

const ATOMIC: Topology = { kind: 'atomic' }

/** Items that are there stay where they are; new ones follow in the order applied. */
function mergeLists(topology: Topology, live: unknown, applied: unknown): unknown {
  const [before, after] = [partsOf(topology, live), partsOf(topology, applied)]
  if (!before || !after) return applied
  const merged = [...before].map(([element, [value, inner]]) => {
    const change = after.get(element)
    return change ? merge(inner, value, change[0]) : value
  })
  const added = [...after].filter(([element]) => !before.has(element)).map(([, [value]]) => value)
  return [...merged, ...added]
}

/** `value` without the paths in `gone`, but for those that lead to a path in `kept`. */
export function prune(
  topology: Topology,
  value: unknown,
  gone: FieldSet,
  kept: FieldSet | undefined,
): unknown {
  if (Array.isArray(value) && (topology.kind === 'keyed-list' || topology.kind === 'set')) {
    const elementOf = (item: unknown) =>
      topology.kind === 'set' ? valueElement(item) : itemElement(item, topology.keys)
    const inner = topology.kind === 'set' ? ATOMIC : structTopology(topology.definition)
    return value.flatMap((item) => {
      const left = prunePart(inner, item, gone[elementOf(item)], kept?.[elementOf(item)])
      return left === undefined ? [] : [left]
    })
  }
  if (!isObject(value) || (topology.kind !== 'struct' && topology.kind !== 'map')) return value
  const result: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value as JsonObject)) {
    const inner = topology.kind === 'struct' ? topologyOf(topology.definition, key).topology : ATOMIC
    const left = prunePart(inner, part, gone[`f:${key}`], kept?.[`f:${key}`])
    if (left !== undefined) setOwn(result, key, left)
  }
  return result
}

function prunePart(
  topology: Topology,
  part: unknown,
  gone: FieldSet | undefined,
  kept: FieldSet | undefined,
): unknown {
  if (!gone) return part
  const isWhole = '.' in gone || Object.keys(gone).length === 0
  return isWhole && !kept ? undefined : prune(topology, part, gone, kept)
}
