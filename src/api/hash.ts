import { utf8Bytes } from '../encoding/utf8.ts'
import { goStructs, type GoField } from './go-types.ts'
import type { PodTemplateSpec } from './generated/types.ts'
import { KUBERNETES_ALPHABET } from './names.ts'
import { DECIMAL_SCALES, parseQuantity } from './quantity.ts'

/**
 * The `pod-template-hash` of a template: FNV-1a (32 bits) of the Go dump of every field, then the collision count when
 * there is one, in decimal, spelt in an alphabet without vowels. Equal to the real one, which is why a ReplicaSet here
 * has the name it would have in any cluster.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  let hash = fnv1a(
    0x811c9dc5,
    `(v1.PodTemplateSpec)${dumpStruct('PodTemplateSpec', template as unknown as Fields)}`,
  )
  if (collisionCount !== undefined) {
    for (let byte = 0; byte < 8; byte++) {
      hash = fnvByte(hash, byte < 4 ? (collisionCount >>> (8 * byte)) & 255 : 0)
    }
  }
  return safeEncode(String(hash >>> 0))
}

/** `rand.SafeEncodeString`: each character becomes one that forms no word. */
export function safeEncode(text: string): string {
  let encoded = ''
  for (let index = 0; index < text.length; index++)
    encoded += KUBERNETES_ALPHABET[text.charCodeAt(index) % 27]
  return encoded
}

const fnvByte = (hash: number, byte: number) => Math.imul(hash ^ byte, 0x01000193)

/** FNV-1a over the text's UTF-8 bytes. */
export function fnv1a(basis: number, text: string): number {
  let hash = basis
  for (const char of text) {
    const code = char.charCodeAt(0)
    if (code < 0x80) hash = fnvByte(hash, code)
    else for (const byte of utf8Bytes(char)) hash = fnvByte(hash, byte)
  }
  return hash
}

type Fields = Readonly<Record<string, unknown>>

const PLAIN = new Set(['string', 'bool', 'int32', 'int64'])
const NUMBERS = new Set(['int32', 'int64'])

/** A named type with its package, as `%#v` prints it. */
function typeName(type: string): string {
  return PLAIN.has(type) || type.includes('.') || type.startsWith('map[') ? type : `v1.${type}`
}

function dumpStruct(type: string, value: Fields): string {
  const fields = goStructs.get(type)
  if (!fields) throw new Error(`no Go struct is known for ${type}`)
  return `{${fields.map((field) => `${field.name}:${dumpField(field, value)}`).join(' ')}}`
}

function dumpField({ shape, type, json }: GoField, parent: Fields): string {
  if (shape === 'embedded') return `(v1.${type})${dumpStruct(type, parent)}`
  const value = parent[json]
  const name = typeName(type)
  if (shape === 'pointer')
    return value === undefined ? `(*${name})<nil>` : `(*${name})${dumpValue(type, value)}`
  if (shape === 'slice') {
    const items = value as readonly unknown[] | undefined
    return `([]${name})${items?.length ? `[${items.map((item) => dumpValue(type, item)).join(' ')}]` : '<nil>'}`
  }
  return `(${name})${dumpValue(type, value)}`
}

function dumpValue(type: string, value: unknown): string {
  if (type === 'ResourceList' || type.startsWith('map[')) return dumpMap(type, value as Fields | undefined)
  if (type === 'Time') return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'
  if (type === 'intstr.IntOrString') {
    const text = typeof value === 'string'
    return `{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${text ? 0 : (value ?? 0)} StrVal:(string)${text ? value : ''}}`
  }
  if (type === 'resource.Quantity') return dumpQuantity(value as string | undefined)
  if (goStructs.has(type)) return dumpStruct(type, (value ?? {}) as Fields)
  if (value === undefined) return type === 'bool' ? 'false' : NUMBERS.has(type) ? '0' : ''
  return String(value)
}

function dumpMap(type: string, value: Fields | undefined): string {
  const keys = Object.keys(value ?? {}).sort()
  if (!value || keys.length === 0) return '<nil>'
  const entries = keys.map(
    (key) => `${key}:${type === 'ResourceList' ? dumpQuantity(value[key] as string) : String(value[key])}`,
  )
  return `map[${entries.join(' ')}]`
}

/** A quantity as its value and decimal scale; binary suffixes are multiplied out. */
function dumpQuantity(text: string | undefined): string {
  const quantity = parseQuantity(text ?? '')
  let value = 0n
  let scale = 0
  let format = ''
  // Parsing keeps the text of a decimal quantity, and not that of a binary one.
  let cached = ''
  if (typeof quantity !== 'string') {
    format = quantity.format
    if (format !== 'BinarySI') cached = text!
    ;[value, scale] = amountOf(text!, quantity.nano)
  }
  return `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${cached} Format:(resource.Format)${format}}`
}

function amountOf(text: string, nano: bigint): [bigint, number] {
  const match = /^([+-]?\d+)([numkMGTPE]?)$/.exec(text)
  if (match && Object.hasOwn(DECIMAL_SCALES, match[2]!))
    return [BigInt(match[1]!), DECIMAL_SCALES[match[2]!]!]
  return nano % 1_000_000_000n === 0n ? [nano / 1_000_000_000n, 0] : [nano, -9]
}
