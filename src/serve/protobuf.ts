import { fieldsOf } from '../api/schema.ts'
import { numberedFields } from './protobuf-fields.ts'

export const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** What came is not what it says, or has parts that this server cannot read. */
export class ProtobufError extends Error {}

/** `k8s` and a zero byte: what begins every body in Kubernetes' protobuf. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00])

const NONE: Buffer = Buffer.alloc(0)

/** A body in Kubernetes' protobuf envelope, as the JSON that it stands for. @throws ProtobufError */
export function decodeProtobuf(body: Buffer): unknown {
  if (!body.subarray(0, 4).equals(MAGIC))
    throw new ProtobufError('provided data does not appear to be a protobuf message')
  let apiVersion = ''
  let kind = ''
  let raw: Buffer = NONE
  for (const { number, bytes } of wireFields(body.subarray(4))) {
    if (number === 2) raw = bytes
    if (number !== 1) continue
    for (const part of wireFields(bytes)) {
      if (part.number === 1) apiVersion = part.bytes.toString('utf8')
      if (part.number === 2) kind = part.bytes.toString('utf8')
    }
  }
  const decoded = {}
  struct(kind, raw, decoded)
  return { apiVersion, kind, ...decoded }
}

interface WireField {
  readonly number: number
  /** Of a length-delimited field; empty for numbers. */
  readonly bytes: Buffer
  /** Of a varint or a fixed-width number. */
  readonly value: number
}

function* wireFields(buffer: Buffer): Generator<WireField> {
  const reader = new Reader(buffer)
  while (!reader.atEnd) {
    const tag = reader.varint()
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { number, bytes: NONE, value: reader.varint() }
        break
      case 1:
        yield { number, bytes: NONE, value: reader.take(8).readDoubleLE() }
        break
      case 2:
        yield { number, bytes: reader.take(reader.varint()), value: 0 }
        break
      default:
        throw new ProtobufError(`proto: illegal wireType ${tag % 8}`)
    }
  }
}

class Reader {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  get atEnd(): boolean {
    return this.#at >= this.#buffer.length
  }

  /** Seven bits a byte, the lowest first; ten bytes are a negative number in two's complement. */
  varint(): number {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#buffer[this.#at++]
      if (byte === undefined) throw new ProtobufError('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(BigInt.asIntN(64, value))
    }
    throw new ProtobufError('proto: integer overflow')
  }

  take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#buffer.length) throw new ProtobufError('unexpected EOF')
    return this.#buffer.subarray(this.#at, (this.#at += length))
  }
}

type Target = Record<string, unknown>

/** Reads a struct's fields into `target`; embedded structs share it. @param definition whose JSON fields they are */
function struct(type: string, bytes: Buffer, target: Target, definition = type): void {
  const numbers = numberedFields(type)
  if (!numbers) throw new ProtobufError(`this server does not read ${type} in protobuf: send JSON`)
  const fields = fieldsOf(definition)
  for (const wire of wireFields(bytes)) {
    const numbered = numbers.get(wire.number)
    if (!numbered)
      throw new ProtobufError(
        `this server does not read field ${wire.number} of ${type} in protobuf: send JSON`,
      )
    const { name, embedded } = numbered
    if (embedded) {
      struct(name, wire.bytes, target, definition)
      continue
    }
    const field = fields?.get(name)
    if (!field) throw new ProtobufError(`${definition} has no field ${name}`)
    const [wrapper] = field.wrappers
    if (wrapper === 'list') target[name] = [...((target[name] ?? []) as unknown[]), value(field.name, wire)]
    else if (wrapper === 'map') Object.assign((target[name] ??= {}) as Target, entry(field.name, wire.bytes))
    else target[name] = value(field.name, wire)
  }
}

/** An item of a map: a message of key and value. */
function entry(type: string, bytes: Buffer): Target {
  let key = ''
  let read: unknown = SCALAR_ZERO[type] ?? {}
  for (const wire of wireFields(bytes)) {
    if (wire.number === 1) key = wire.bytes.toString('utf8')
    if (wire.number === 2) read = value(type, wire)
  }
  return { [key]: read }
}

const SCALAR_ZERO: Readonly<Record<string, unknown>> = { string: '', bytes: '', quantity: '0' }

function value(type: string, { bytes, value: number }: WireField): unknown {
  switch (type) {
    case 'string':
      return bytes.toString('utf8')
    case 'bytes':
      return bytes.toString('base64')
    case 'boolean':
      return number !== 0
    case 'int32':
    case 'int64':
    case 'double':
      return number
    case 'quantity':
      return [...wireFields(bytes)].find((wire) => wire.number === 1)?.bytes.toString('utf8') ?? '0'
    case 'int-or-string':
      return intOrString(bytes)
    case 'time':
    case 'micro-time':
      return time(bytes)
    default: {
      const target: Target = {}
      struct(type, bytes, target)
      return target
    }
  }
}

function intOrString(bytes: Buffer): string | number {
  const parts = new Map([...wireFields(bytes)].map((wire) => [wire.number, wire]))
  const isString = parts.get(1)?.value === 1
  return isString ? (parts.get(3)?.bytes.toString('utf8') ?? '') : (parts.get(2)?.value ?? 0)
}

/** Seconds and nanoseconds; nothing at all is Go's zero time, which is null in JSON. */
function time(bytes: Buffer): string | null {
  const parts = new Map([...wireFields(bytes)].map((wire) => [wire.number, wire.value]))
  const seconds = parts.get(1)
  return seconds === undefined ? null : new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}
