import { isObject, setOwn } from '../objects.ts'

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, anything else replaces. Shares what it can. */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Record<string, unknown> = isObject(document) ? { ...document } : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) delete result[key]
    else setOwn(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value))
  }
  return result
}
