/**
 * Keys in order. Kept apart by their first two segments (`/registry/pods/`), so that a new Pod moves no Event: inside
 * one part a sorted array and binary search.
 */
export class Keyspace<E> {
  readonly #parts = new Map<string, Part<E>>()

  get(key: string): E | undefined {
    return this.#parts.get(partOf(key))?.entries.get(key)
  }

  set(key: string, entry: E): void {
    const name = partOf(key)
    let part = this.#parts.get(name)
    if (!part) this.#parts.set(name, (part = { keys: [], entries: new Map() }))
    if (!part.entries.has(key)) part.keys.splice(lowerBound(part.keys, key), 0, key)
    part.entries.set(key, entry)
  }

  delete(key: string): void {
    const part = this.#parts.get(partOf(key))
    if (part?.entries.delete(key)) part.keys.splice(lowerBound(part.keys, key), 1)
  }

  /** Entries whose keys begin with `prefix`, which must reach at least to the end of the second segment. */
  range(prefix: string): E[] {
    const part = this.#parts.get(partOf(prefix))
    if (!part) return []
    const found: E[] = []
    for (let index = lowerBound(part.keys, prefix); index < part.keys.length; index++) {
      const key = part.keys[index]!
      if (!key.startsWith(prefix)) break
      found.push(part.entries.get(key)!)
    }
    return found
  }
}

interface Part<E> {
  readonly keys: string[]
  readonly entries: Map<string, E>
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
