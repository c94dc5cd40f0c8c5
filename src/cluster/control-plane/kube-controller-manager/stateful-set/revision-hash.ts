import { safeEncode } from '../../../../api/hash.ts'
import { utf8Bytes } from '../../../../encoding/utf8.ts'

/** The hash of a StatefulSet's revision: FNV-1 (32 bits) of its data as Go writes JSON, then the collision count. */
export function revisionHash(data: unknown, collisionCount = 0): string {
  let hash = 0x811c9dc5
  for (const byte of utf8Bytes(`${goJson(data)}${collisionCount}`)) hash = Math.imul(hash, 0x01000193) ^ byte
  return safeEncode(String(hash >>> 0))
}

/** JSON with sorted keys, and with `<`, `>` and `&` escaped, as `encoding/json` has it. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join(',')}}`
  }
  const text = JSON.stringify(value)
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
