import type { KubeObject } from '../api.ts'
import { CommandError } from '../errors.ts'
import { goTypeOf } from './go-format.ts'
import { goSort } from './go-sort.ts'
import { findJsonPath, relaxedPath } from './jsonpath.ts'
import { parseQuantity } from './quantity.ts'

/**
 * Objects in the order of the value at a path; those without one first.
 * @param fatal what a list or a map to sort by ends the program with; `%s` stands for where it was found
 * @throws CommandError when none has it
 */
export function sortBy<T>(
  items: readonly T[],
  expression: string,
  objectOf: (item: T) => KubeObject,
  fatal: (message: string) => Error,
): T[] {
  const path = relaxedPath(expression)
  const keyed = items.map((item) => ({ item, key: valueAt(path, objectOf(item)) }))
  if (items.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new CommandError(`couldn't find any field with path "${path}" in the list of objects`)
  }
  goSort(keyed, (a, b) => {
    for (const { key } of [a, b])
      if (typeof key === 'object')
        throw fatal(
          `Field ${path} in %s is an unsortable type: interface, err: unsortable type: ${goTypeOf(key)}`,
        )
    // One without a value is before every other, before its like too: kubectl asks no further.
    if (a.key === undefined || b.key === undefined) return a.key === undefined
    return order(a.key, b.key) < 0
  })
  return keyed.map(({ item }) => item)
}

function valueAt(path: string, object: KubeObject): unknown {
  try {
    return findJsonPath(path, object)[0] ?? undefined
  } catch (error) {
    // An index beyond this object's list: it has no value to sort by.
    if (error instanceof CommandError) return undefined
    throw error
  }
}

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') {
    const [left, right] = [parseQuantity(a), parseQuantity(b)]
    if (left !== undefined && right !== undefined) return left - right
    return naturalOrder(a, b)
  }
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

/** Runs of digits compare as numbers: `web-2` before `web-10`. */
export function naturalOrder(a: string, b: string): number {
  const left = a.match(/\d+|\D/g) ?? []
  const right = b.match(/\d+|\D/g) ?? []
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i]!, right[i]!]
    if (x === y) continue
    const numeric = /^\d/.test(x) && /^\d/.test(y)
    if (numeric && Number(x) !== Number(y)) return Number(x) - Number(y)
    return x < y ? -1 : 1
  }
  return left.length - right.length
}
