import { base64Bytes } from '../../encoding/base64.ts'
import { utf8Bytes, utf8Text } from '../../encoding/utf8.ts'
import { goTypeOf } from './go-format.ts'
import { sprint, sprintf } from './go-printf.ts'
import { GoNumber } from './go-template-constants.ts'

/** A function that cannot do with its arguments. */
export class FunctionError extends Error {
  /** The message says by itself which function it is of. */
  readonly whole: boolean
  constructor(message: string, whole = false) {
    super(message)
    this.whole = whole
  }
}

const fail = (message: string): never => {
  throw new FunctionError(message)
}

/** Empty things, zero and false are not true. */
export function truth(value: unknown): boolean {
  if (value instanceof GoNumber) return value.value !== 0
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

/** @param texts how the arguments were written. @throws FunctionError */
export function callFunction(name: string, args: readonly unknown[], texts: readonly string[]): unknown {
  const { least, most, call } = FUNCTIONS[name]!
  if (args.length < least || args.length > most) {
    const want = most === Infinity ? `at least ${least}` : String(least)
    throw new FunctionError(`wrong number of args for ${name}: want ${want} got ${args.length}`, true)
  }
  return call(args, texts)
}

interface Function {
  readonly least: number
  readonly most: number
  readonly call: (args: readonly unknown[], texts: readonly string[]) => unknown
}

const one = (call: (value: unknown) => unknown): Function => ({
  least: 1,
  most: 1,
  call: ([value]) => call(value),
})
const two = (call: (a: unknown, b: unknown) => unknown): Function => ({
  least: 2,
  most: 2,
  call: ([a, b]) => call(a, b),
})
const some = (least: number, call: Function['call']): Function => ({ least, most: Infinity, call })

const FUNCTIONS: Readonly<Record<string, Function>> = {
  len: one(length),
  index: some(1, ([item, ...keys]) =>
    item === null || item === undefined ? fail('index of untyped nil') : keys.reduce(element, item),
  ),
  slice: some(1, ([item, ...ends]) => sliced(item, ends)),
  print: some(0, (args) => sprint(args, false)),
  println: some(0, (args) => sprint(args, true)),
  printf: some(1, ([format, ...args]) => sprintf(text(format), args)),
  eq: some(1, ([first, ...rest]) =>
    rest.length === 0 ? fail('missing argument for comparison') : rest.some((other) => equal(first, other)),
  ),
  ne: two((a, b) => !equal(a, b)),
  lt: two(less),
  le: two((a, b) => less(a, b) || equal(a, b)),
  gt: two((a, b) => !less(a, b) && !equal(a, b)),
  ge: two((a, b) => !less(a, b)),
  and: some(1, (args) => args.at(-1)),
  or: some(1, (args) => args.at(-1)),
  not: one((value) => !truth(value)),
  call: some(1, ([value], [written]) =>
    value === undefined || value === null
      ? fail('call of nil')
      : fail(`non-function ${written} of type ${goTypeOf(value)}`),
  ),
  exists: some(1, ([value, ...keys]) => {
    try {
      return ![null, undefined].includes(keys.reduce(element, value) as null)
    } catch (error) {
      if (error instanceof FunctionError) return false
      throw error
    }
  }),
  base64decode: one((value) => decoded(text(value))),
  js: some(0, (args) => sprint(args, false).replace(/[\\'"<>&=]/g, (char) => JS[char]!)),
  html: some(0, (args) => sprint(args, false).replace(/[&<>"']/g, (char) => HTML[char]!)),
  urlquery: some(0, (args) =>
    encodeURIComponent(sprint(args, false))
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replace(/%20/g, '+'),
  ),
}

export const FUNCTION_NAMES: ReadonlySet<string> = new Set(Object.keys(FUNCTIONS))

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}
const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) throw new FunctionError('invalid value; expected string', true)
  throw new FunctionError(`wrong type for value; expected string; got ${goTypeOf(value)}`, true)
}

function decoded(value: string): string {
  const bad = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?/.exec(value)![0].length
  if (bad < value.length) fail(`base64 decode failed: illegal base64 data at input byte ${bad}`)
  return utf8Text(base64Bytes(value))
}

function length(value: unknown): GoNumber {
  if (value === undefined || value === null) fail('reflect: call of reflect.Value.Type on zero Value')
  if (typeof value === 'string') return new GoNumber(utf8Bytes(value).length)
  if (Array.isArray(value)) return new GoNumber(value.length)
  if (typeof value === 'object' && !(value instanceof GoNumber))
    return new GoNumber(Object.keys(value!).length)
  return fail(`len of type ${goTypeOf(value)}`)
}

const plain = (value: unknown): unknown => (value instanceof GoNumber ? value.value : value)

function element(item: unknown, key: unknown): unknown {
  if (item === null || item === undefined) return fail('index of nil pointer')
  const index = plain(key)
  if (typeof item === 'string' || Array.isArray(item)) {
    const items = typeof item === 'string' ? utf8Bytes(item) : (item as unknown[])
    return items[position(index, key, items.length - 1)]
  }
  if (typeof item !== 'object' || item instanceof GoNumber)
    return fail(`can't index item of type ${goTypeOf(item)}`)
  if (typeof index !== 'string') return fail(`value has type ${goTypeOf(key)}; should be string`)
  return (item as Record<string, unknown>)[index]
}

function position(index: unknown, key: unknown, last: number): number {
  if (index === null || index === undefined) return fail('cannot index slice/array with nil')
  if (typeof index !== 'number') return fail(`cannot index slice/array with type ${goTypeOf(key)}`)
  if (index < 0 || index > last) return fail(`index out of range: ${index}`)
  return index
}

function sliced(item: unknown, ends: readonly unknown[]): unknown {
  if (item === null || item === undefined) return fail('slice of untyped nil')
  if (ends.length > 3) return fail(`too many slice indexes: ${ends.length}`)
  if (typeof item === 'string' && ends.length === 3) return fail('cannot 3-index slice a string')
  if (typeof item !== 'string' && !Array.isArray(item))
    return fail(`can't slice item of type ${goTypeOf(item)}`)
  const [from = 0, to = item.length] = ends.map((end) => position(plain(end), end, item.length))
  if (from > to) return fail(`invalid slice index: ${from} > ${to}`)
  return item.slice(from, to)
}

const isThere = (value: unknown): boolean => value !== null && value !== undefined

function equal(first: unknown, second: unknown): boolean {
  const [a, b] = [plain(first), plain(second)]
  if (!isThere(a) || !isThere(b)) return isThere(a) === isThere(b)
  if (kindOf(first) !== kindOf(second))
    return fail(`incompatible types for comparison: ${goTypeOf(first)} and ${goTypeOf(second)}`)
  if (typeof a === 'object') return fail(`non-comparable type ${sprint([a], false)}: ${goTypeOf(a)}`)
  return a === b
}

function less(first: unknown, second: unknown): boolean {
  for (const side of [first, second])
    if (!isThere(side) || ['map', 'list'].includes(kindOf(side))) return fail('invalid type for comparison')
  if (kindOf(first) !== kindOf(second))
    return fail(`incompatible types for comparison: ${goTypeOf(first)} and ${goTypeOf(second)}`)
  if (kindOf(first) === 'bool') return fail('invalid type for comparison')
  return (plain(first) as number) < (plain(second) as number)
}

function kindOf(value: unknown): string {
  const type = goTypeOf(value)
  if (type.startsWith('[]')) return 'list'
  if (type.startsWith('map')) return 'map'
  return type.replace(/64$/, '')
}
