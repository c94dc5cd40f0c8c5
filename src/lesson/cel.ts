import { Environment } from '@marcbachmann/cel-js'

/** The world as an expression sees it: `object`, `items`, `vars`, `argv`. */
export type CelContext = Readonly<Record<string, unknown>>

export type CelResult =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string }

const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true })

type Compiled = (context: Record<string, unknown>) => unknown
const compiled = new Map<string, Compiled>()

/**
 * Evaluates a CEL expression. Fields that do not exist are errors of the expression, as in CEL: `has(x.y)` asks first.
 * Integers become CEL ints.
 */
export function evaluateCel(expression: string, context: CelContext): CelResult {
  try {
    let run = compiled.get(expression)
    if (!run) compiled.set(expression, (run = environment.parse(expression) as unknown as Compiled))
    return { ok: true, value: run(toCel(context) as Record<string, unknown>) }
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message.split('\n')[0]! : String(error) }
  }
}

/** Whether `expression` can be parsed; undefined, or what is wrong. */
export function celSyntaxError(expression: string): string | undefined {
  try {
    environment.parse(expression)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error)
  }
}

function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCel(item)]))
  }
  return value
}

/** A value out of an expression, as data of JSON. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(fromCel)
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), fromCel(item)]))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromCel(item)]))
  }
  return value
}

/** A short text of a value, for "its present value". */
export function presentValue(value: unknown): string {
  const text = JSON.stringify(fromCel(value))
  return text === undefined ? 'nothing' : text.length > 120 ? `${text.slice(0, 117)}...` : text
}

/**
 * The part of an expression whose value tells most while it is false: the left side of its first comparison
 * (`object.spec.type == "LoadBalancer"` → `object.spec.type`), else the whole.
 */
export function tellingPart(expression: string): string {
  const left = /^([\w.[\]'"-]+(?:\([^()]*\))?)\s*(?:==|!=|>=|<=|>|<)\s/.exec(expression)
  return left?.[1] ?? expression
}
