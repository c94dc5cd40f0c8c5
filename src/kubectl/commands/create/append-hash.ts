import { sha256 } from '../../../encoding/sha256.ts'
import type { KubeObject } from '../../api.ts'
import { goJson } from '../../printers/json.ts'

/** `settings-9dtcmmmm5t`: the name with a hash of the contents, so that each content has a name of its own. */
export function withHash(object: KubeObject): KubeObject {
  const { kind, data = '', binaryData, type = '', metadata } = object
  const content =
    kind === 'Secret'
      ? { data, kind, name: metadata.name, type }
      : { ...(binaryData ? { binaryData } : {}), data, kind, name: metadata.name }
  return { ...object, metadata: { ...metadata, name: `${metadata.name}-${hashOf(goJson(content))}` } }
}

/** Digits and letters that could be read as words or for one another are replaced. */
const SPELLED: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

function hashOf(text: string): string {
  const hex = sha256(text)
    .slice(0, 5)
    .map((byte) => byte.toString(16).padStart(2, '0'))
  return hex.join('').replace(/[013ae]/g, (digit) => SPELLED[digit]!)
}
