import { base64Bytes } from '../../encoding/base64.ts'
import { utf8Text } from '../../encoding/utf8.ts'
import { CommandError } from '../errors.ts'
import { goValue } from './go-format.ts'
import { goJson } from './json.ts'

/** Empty things, zero and false are not true. */
export function truth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

/** @throws CommandError for an unknown function or arguments it cannot take */
export function callFunction(name: string, args: readonly unknown[]): unknown {
  const call = FUNCTIONS[name]
  if (!call)
    throw new CommandError(
      `error parsing template, template: output:1: function ${JSON.stringify(name)} not defined`,
    )
  return call(args)
}

const FUNCTIONS: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  len: ([value]) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.length
      : Object.keys((value as object | undefined) ?? {}).length,
  index: ([value, ...keys]) =>
    keys.reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key as string], value),
  slice: ([value, from, to]) => (value as string).slice(from as number, to as number | undefined),
  print: (args) => args.map(goValue).join(''),
  println: (args) => `${args.map(goValue).join(' ')}\n`,
  printf: ([format, ...args]) => printf(String(format), args),
  eq: ([first, ...rest]) => rest.some((other) => other === first),
  ne: ([a, b]) => a !== b,
  lt: ([a, b]) => (a as number) < (b as number),
  le: ([a, b]) => (a as number) <= (b as number),
  gt: ([a, b]) => (a as number) > (b as number),
  ge: ([a, b]) => (a as number) >= (b as number),
  and: (args) =>
    args.find((value) => !truth(value)) ??
    (args.every(truth) ? args.at(-1) : args.find((value) => !truth(value))),
  or: (args) => args.find(truth) ?? args.at(-1),
  not: ([value]) => !truth(value),
  exists: ([value, ...keys]) =>
    keys.reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key as string], value) !==
    undefined,
  base64decode: ([text]) => utf8Text(base64Bytes(String(text))),
  js: ([text]) =>
    String(text).replace(
      /[\\'"<>&=]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`,
    ),
  html: ([text]) => String(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
  urlquery: ([text]) => encodeURIComponent(String(text)).replace(/%20/g, '+'),
}

/** Go's verbs, as far as values of JSON go. */
function printf(format: string, args: readonly unknown[]): string {
  let next = 0
  return format.replace(
    /%([-+ 0]*)(\d*)(?:\.(\d+))?([vsdqxftT%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const value = args[next++]
      const text =
        verb === 'q'
          ? goJson(String(value))
          : verb === 'x'
            ? Number(value).toString(16)
            : verb === 'f'
              ? Number(value).toFixed(Number(precision ?? 6))
              : goValue(value)
      if (flags.includes('-')) return text.padEnd(Number(width || 0))
      return text.padStart(Number(width || 0), flags.includes('0') ? '0' : ' ')
    },
  )
}
