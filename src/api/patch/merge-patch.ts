import { isObject, setOwn, without } from '../objects.ts'

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, anything else replaces. Shares what it can. */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const old = isObject(document) ? document : {}
  const removed = Object.keys(patch).filter((key) => patch[key] === null)
  const result: Record<string, unknown> = { ...without(old, ...removed) }
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value !== null) setOwn(result, key, mergePatch(Object.hasOwn(old, key) ? old[key] : undefined, value))
  }
  return result
}
