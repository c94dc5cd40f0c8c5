/** Plain JSON values that are shared and never changed in place. */

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Are two JSON values equal? Shared parts are equal at a glance; absent and undefined are the same. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => equal(item, b[index]))
  }
  const left = a as JsonObject
  const right = b as JsonObject
  for (const key in left) if (!equal(left[key], right[key])) return false
  for (const key in right) if (left[key] === undefined && right[key] !== undefined) return false
  return true
}

/** Sets a property of an object under construction; `__proto__` is a key like any other. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/** A copy without the keys named. Built anew: an object that something was deleted from stays slow for ever. */
export function without<T extends object>(object: T, ...keys: readonly string[]): T {
  if (!keys.some((key) => Object.hasOwn(object, key))) return object
  const copy: Record<string, unknown> = {}
  for (const key in object) if (!keys.includes(key)) setOwn(copy, key, object[key])
  return copy as T
}

/** A copy without properties that are undefined; the object itself when there are none. */
export function defined<T extends object>(object: T): T {
  let isDefined = true
  for (const key in object) if (object[key] === undefined) isDefined = false
  if (isDefined) return object
  const copy: Record<string, unknown> = {}
  for (const key in object) if (object[key] !== undefined) setOwn(copy, key, object[key])
  return copy as T
}
