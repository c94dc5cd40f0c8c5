/** JSON as Go's encoding/json writes it: `<`, `>` and `&` escaped, keys of maps sorted. */
export function goJson(value: unknown, options: { indent?: number; sorted?: boolean } = {}): string {
  const text = JSON.stringify(options.sorted === false ? value : sortKeys(value), undefined, options.indent)
  return (text ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A copy whose maps list their keys in order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, inner]) => [key, sortKeys(inner)]),
  )
}
