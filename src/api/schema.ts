import { definitions } from './generated/schema.ts'
import { isObject, setOwn, without, type JsonObject } from './objects.ts'
import { goPackage, keepsZero, nullWhenEmpty } from './schema-overlay.ts'
import {
  DecodeError,
  decodeBase64,
  decodeQuantity,
  decodeTime,
  describe,
  isInteger,
} from './schema-values.ts'

export { DecodeError } from './schema-values.ts'

/** What decoding against a definition gives: the object as it would be stored, and the paths it does not know. */
export interface Decoded {
  readonly value: JsonObject
  /** `spec.selectr`, in the order met. Unknown fields are not in `value`. */
  readonly unknown: readonly string[]
}

interface Type {
  readonly name: string
  /** How many lists and maps are around `name`, outermost first. */
  readonly wrappers: readonly ('list' | 'map')[]
}

interface Field extends Type {
  readonly required: boolean
  readonly keepsZero: boolean
  /** A single string: most fields are, and need no decoding. */
  readonly isText: boolean
  /** Null when empty, not left out. */
  readonly isNullable: boolean
}

type Fields = ReadonlyMap<string, Field>

const compiled = new Map<string, Fields>()

/** Definition's fields by name; undefined when there is no such definition. */
export function fieldsOf(definition: string): Fields | undefined {
  let fields = compiled.get(definition)
  const source = definitions[definition]
  if (!fields && source) {
    fields = new Map(
      Object.entries(source).map(([name, notation]) => [name, compile(definition, name, notation)]),
    )
    compiled.set(definition, fields)
  }
  return fields
}

function compile(definition: string, name: string, notation: string): Field {
  const required = notation.endsWith('!')
  const [, base, marks] = /^([\w-]+)((?:\[\]|\{\})*)!?$/.exec(notation)!
  const wrappers = [...marks!.matchAll(/\[\]|\{\}/g)].map(([mark]) =>
    mark === '[]' ? ('list' as const) : ('map' as const),
  )
  return {
    name: base!,
    wrappers: wrappers.reverse(),
    required,
    isText: base === 'string' && wrappers.length === 0,
    keepsZero: required || keepsZero(definition, name),
    isNullable: nullWhenEmpty(definition).includes(name),
  }
}

/**
 * Specs that decoding gave back already: those of Pods are their template's, the same object a thousand times. Nothing
 * else is remembered: a note costs more than a look.
 */
const known = new WeakMap<object, string>()

/**
 * Decodes `value` as `definition`: drops nulls, unknown fields and the zero values that Go leaves out, brings
 * quantities into canonical form. Parts that are fine as they are stay the same references.
 * @param stored what `value` was made from: parts of it that are the very same objects are fine and not looked at
 * @throws DecodeError at the first value of a wrong type.
 */
export function decode(definition: string, value: JsonObject, stored?: JsonObject): Decoded {
  const decoder = new Decoder()
  return { value: decoder.struct(definition, value, stored), unknown: decoder.unknown }
}

const NOTHING: JsonObject = {}

/** In lists of this length what is stored is looked for, wherever it stands now. */
const LONG_LIST = 8

class Decoder {
  readonly unknown: string[] = []
  /** Keys and indices from the root to here. */
  readonly #path: (string | number)[] = []
  #struct = ''

  struct(definition: string, value: JsonObject, stored: unknown): JsonObject {
    if (value === stored) return value
    const isSpec = this.#path.length === 1 && this.#path[0] === 'spec'
    if (isSpec && known.get(value) === definition) return value
    const old = (stored ?? NOTHING) as JsonObject
    const fields = fieldsOf(definition)
    if (!fields) return value
    const outer = this.#struct
    let copy: Record<string, unknown> | undefined
    for (const key in value) {
      const field = fields.get(key)
      const before = value[key]
      if (field?.isText && typeof before === 'string' && (before !== '' || field.keepsZero)) continue
      if (before === null && field?.isNullable) continue
      this.#path.push(key)
      this.#struct = definition
      const after = field ? this.#field(field, before, old[key]) : this.#unknownField(before)
      if (after !== before) {
        if (after === undefined) copy = { ...without(copy ?? value, key) }
        else (copy ??= { ...value })[key] = after
      }
      this.#path.pop()
    }
    for (const key of nullWhenEmpty(definition)) {
      const now = (copy ?? value)[key]
      if (now === undefined || (Array.isArray(now) && now.length === 0)) (copy ??= { ...value })[key] = null
    }
    this.#struct = outer
    const result = copy ?? value
    if (isSpec) known.set(result, definition)
    return result
  }

  #unknownField(value: unknown): undefined {
    if (value !== undefined) this.unknown.push(this.#where())
    return undefined
  }

  #field(field: Field, value: unknown, stored: unknown): unknown {
    if (value === null || value === undefined) return undefined
    if (value === stored && typeof value === 'object') return value
    const decoded = this.#wrapped(field, field.wrappers.length, value, stored)
    if (field.keepsZero) return decoded
    if (field.wrappers.length > 0) return isEmpty(decoded) ? undefined : decoded
    return decoded === '' || decoded === 0 || decoded === false ? undefined : decoded
  }

  /** `depth` wrappers are still around the value: the last is the innermost. */
  #wrapped(type: Type, depth: number, value: unknown, stored: unknown): unknown {
    if (depth === 0) return this.#plain(type.name, value, stored)
    const wrapper = type.wrappers[type.wrappers.length - depth]
    if (wrapper === 'list') {
      if (!Array.isArray(value)) this.#mismatch(value, goType(type, depth))
      return this.#list(type, depth, value as readonly unknown[], Array.isArray(stored) ? stored : [])
    }
    if (!isObject(value)) this.#mismatch(value, goType(type, depth))
    return this.#map(type, depth, value as JsonObject)
  }

  #list(
    type: Type,
    depth: number,
    value: readonly unknown[],
    stored: readonly unknown[],
  ): readonly unknown[] {
    let copy: unknown[] | undefined
    const known = stored.length >= LONG_LIST ? new Set(stored) : undefined
    for (let index = 0; index < value.length; index++) {
      if (known?.has(value[index])) continue
      this.#path.push(index)
      const after =
        value[index] === null
          ? zeroOf(type, depth - 1)
          : this.#wrapped(type, depth - 1, value[index], stored[index])
      if (after !== value[index]) (copy ??= [...value])[index] = after
      this.#path.pop()
    }
    return copy ?? value
  }

  #map(type: Type, depth: number, value: JsonObject): JsonObject {
    let copy: Record<string, unknown> | undefined
    for (const key in value) {
      const after =
        value[key] === null ? zeroOf(type, depth - 1) : this.#wrapped(type, depth - 1, value[key], undefined)
      if (after !== value[key]) setOwn((copy ??= { ...value }), key, after)
    }
    return copy ?? value
  }

  #plain(name: string, value: unknown, stored: unknown): unknown {
    switch (name) {
      case 'string':
        return typeof value === 'string' ? value : this.#mismatch(value, 'string')
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#mismatch(value, 'bool')
      case 'int32':
      case 'int64':
        return isInteger(value, name) ? value : this.#mismatch(value, name)
      case 'double':
        return typeof value === 'number' ? value : this.#mismatch(value, 'float64')
      case 'int-or-string':
        if (typeof value === 'string' || isInteger(value, 'int32')) return value
        throw new DecodeError(`json: cannot unmarshal ${describe(value)} into Go value of type int32`)
      case 'quantity':
        return decodeQuantity(value)
      case 'bytes':
        return typeof value === 'string' ? decodeBase64(value) : this.#mismatch(value, '[]uint8')
      case 'time':
      case 'micro-time':
        return decodeTime(value, name)
      case 'any':
        return value
      default:
        return isObject(value)
          ? this.struct(name, value, stored)
          : this.#mismatch(value, `${goPackage(name)}.${name}`)
    }
  }

  #mismatch(value: unknown, type: string): never {
    const path = this.#path.filter((step) => typeof step === 'string').join('.')
    throw new DecodeError(
      `json: cannot unmarshal ${describe(value, type)} into Go struct field ${this.#struct}.${path} of type ${type}`,
    )
  }

  #where(): string {
    let text = ''
    for (const step of this.#path)
      text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
    return text
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  for (const _key in value as object) return false
  return true
}

/** What Go makes of a null inside a list or map. */
function zeroOf(type: Type, depth: number): unknown {
  if (depth > 0) return type.wrappers[type.wrappers.length - depth] === 'list' ? [] : {}
  const zeros: Readonly<Record<string, unknown>> = {
    string: '',
    quantity: '0',
    bytes: '',
    boolean: false,
    int32: 0,
    int64: 0,
    'int-or-string': 0,
  }
  return type.name in zeros ? zeros[type.name] : {}
}

function goType(type: Type, depth: number): string {
  const plain: Readonly<Record<string, string>> = {
    boolean: 'bool',
    bytes: '[]uint8',
    quantity: 'resource.Quantity',
    double: 'float64',
    time: 'v1.Time',
    'micro-time': 'v1.MicroTime',
    'int-or-string': 'intstr.IntOrString',
  }
  const scalars = ['string', 'int32', 'int64']
  const inner =
    plain[type.name] ?? (scalars.includes(type.name) ? type.name : `${goPackage(type.name)}.${type.name}`)
  return type.wrappers
    .slice(type.wrappers.length - depth)
    .reduceRight((text, wrapper) => (wrapper === 'list' ? `[]${text}` : `map[string]${text}`), inner)
}
