import { goTypeOf, goValue } from './go-format.ts'
import { GoNumber } from './go-template-constants.ts'

/** Go's `fmt.Sprint` (spaces between operands of which neither is a text) and `fmt.Sprintln`. */
export function sprint(args: readonly unknown[], line: boolean): string {
  if (line) return `${args.map(goValue).join(' ')}\n`
  return args
    .map(
      (arg, i) =>
        (i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string' ? ' ' : '') + goValue(arg),
    )
    .join('')
}

const VERB = /%([-+# 0]*)(\d*)(?:\.(\d*))?([\s\S]?)/gu

/** Go's `fmt.Sprintf` for what templates can hold. */
export function sprintf(format: string, args: readonly unknown[]): string {
  let next = 0
  const out = format.replace(
    VERB,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '') return '%!(NOVERB)'
      if (verb === '%') return '%'
      if (next >= args.length) return `%!${verb}(MISSING)`
      const text = formatted(args[next++], verb, flags, precision)
      if (flags.includes('-')) return text.padEnd(Number(width || 0))
      const zero = flags.includes('0') && /^[+-]?[\d.]/.test(text)
      const sign = zero && /^[+-]/.test(text) ? text[0]! : ''
      return zero
        ? sign + text.slice(sign.length).padStart(Number(width || 0) - sign.length, '0')
        : text.padStart(Number(width || 0))
    },
  )
  const extra = args.slice(next)
  return extra.length === 0
    ? out
    : `${out}%!(EXTRA ${extra.map((arg) => (arg === undefined || arg === null ? '<nil>' : `${goTypeOf(arg)}=${goValue(arg)}`)).join(', ')})`
}

function formatted(arg: unknown, verb: string, flags: string, precision: string | undefined): string {
  if (arg === null || arg === undefined)
    return verb === 'v' ? '<nil>' : verb === 'T' ? '<nil>' : `%!${verb}(<nil>)`
  if (verb === 'T') return goTypeOf(arg)
  if (verb === 'v') return goValue(arg)
  if (Array.isArray(arg)) return `[${arg.map((item) => formatted(item, verb, flags, precision)).join(' ')}]`
  if (typeof arg === 'object' && !(arg instanceof GoNumber)) {
    const entries = Object.entries(arg).sort(([a], [b]) => (a < b ? -1 : 1))
    const shown = entries.map(
      ([key, value]) =>
        `${formatted(key, verb, flags, precision)}:${formatted(value, verb, flags, precision)}`,
    )
    return `map[${shown.join(' ')}]`
  }
  const write = WRITERS[goTypeOf(arg)]![verb]
  const value = arg instanceof GoNumber ? arg.value : arg
  return write ? write(value as never, precision, flags) : `%!${verb}(${goTypeOf(arg)}=${goValue(arg)})`
}

type Writer<T> = (value: T, precision: string | undefined, flags: string) => string

const signed = (value: number, flags: string, digits: string): string =>
  (value < 0 ? '-' : flags.includes('+') ? '+' : '') + digits

const radix =
  (base: number): Writer<number> =>
  (value, _, flags) =>
    signed(value, flags, Math.abs(value).toString(base))

const hex = (value: string): string =>
  [...value].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')

const INTEGER: Readonly<Record<string, Writer<number>>> = {
  d: radix(10),
  x: radix(16),
  X: (value, _, flags) => signed(value, flags, Math.abs(value).toString(16).toUpperCase()),
  o: radix(8),
  b: radix(2),
  c: (value) => String.fromCodePoint(value),
  q: (value) => `'${String.fromCodePoint(value)}'`,
}
const FLOAT: Readonly<Record<string, Writer<number>>> = {
  f: (value, precision, flags) => signed(value, flags, Math.abs(value).toFixed(Number(precision ?? 6))),
  g: (value) => String(value),
  e: (value, precision) => value.toExponential(Number(precision ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2'),
}
const TEXT: Readonly<Record<string, Writer<string>>> = {
  s: (value, precision) => (precision === undefined ? value : value.slice(0, Number(precision))),
  q: (value) => JSON.stringify(value),
  x: hex,
  X: (value) => hex(value).toUpperCase(),
}
const WRITERS: Readonly<Record<string, Readonly<Record<string, Writer<never>>>>> = {
  int: INTEGER,
  int64: INTEGER,
  float64: FLOAT,
  string: TEXT,
  bool: { t: (value: boolean) => String(value) },
}
