/**
 * Keys in order. Kept apart by their first two segments (`/registry/pods/`), so that a new Pod moves no Event: inside
 * one part a sorted array and binary search. What was added or deleted since somebody last asked for a range is put into
 * the array then, and not key by key.
 */
export class Keyspace<E> {
  readonly #parts = new Map<string, Part<E>>()

  get(key: string): E | undefined {
    return this.#parts.get(partOf(key))?.entries.get(key)
  }

  set(key: string, entry: E): void {
    const name = partOf(key)
    let part = this.#parts.get(name)
    if (!part)
      this.#parts.set(name, (part = { keys: [], added: new Set(), deleted: new Set(), entries: new Map() }))
    if (!part.entries.has(key) && !part.deleted.delete(key)) part.added.add(key)
    part.entries.set(key, entry)
  }

  delete(key: string): void {
    const part = this.#parts.get(partOf(key))
    if (part?.entries.delete(key) && !part.added.delete(key)) part.deleted.add(key)
  }

  /** Entries whose keys begin with `prefix`, which must reach at least to the end of the second segment. */
  range(prefix: string): E[] {
    const part = this.#parts.get(partOf(prefix))
    if (!part) return []
    const keys = orderedKeys(part)
    const found: E[] = []
    for (let index = lowerBound(keys, prefix); index < keys.length; index++) {
      const key = keys[index]!
      if (!key.startsWith(prefix)) break
      found.push(part.entries.get(key)!)
    }
    return found
  }
}

interface Part<E> {
  keys: string[]
  /** Not in `keys` yet. */
  readonly added: Set<string>
  /** Still in `keys`. */
  readonly deleted: Set<string>
  readonly entries: Map<string, E>
}

/** So few changes are put in one by one. */
const FEW = 8

function orderedKeys(part: Part<unknown>): readonly string[] {
  const { added, deleted } = part
  if (added.size + deleted.size <= FEW) {
    for (const key of deleted) part.keys.splice(lowerBound(part.keys, key), 1)
    for (const key of added) part.keys.splice(lowerBound(part.keys, key), 0, key)
  } else {
    const left = deleted.size > 0 ? part.keys.filter((key) => !deleted.has(key)) : part.keys
    part.keys = merged(left, [...added].sort())
  }
  added.clear()
  deleted.clear()
  return part.keys
}

/** Two sorted lists as one. */
function merged(left: readonly string[], right: readonly string[]): string[] {
  const keys: string[] = []
  let next = 0
  for (const key of left) {
    while (next < right.length && right[next]! < key) keys.push(right[next++]!)
    keys.push(key)
  }
  while (next < right.length) keys.push(right[next++]!)
  return keys
}

function partOf(key: string): string {
  return key.slice(0, key.indexOf('/', key.indexOf('/', 1) + 1) + 1)
}

/** The index of the first key that is not before `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
