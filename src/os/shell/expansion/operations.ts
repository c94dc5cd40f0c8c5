import { ShellFailure } from '../control.ts'
import type { Shell } from '../shell.ts'
import type { ParameterValue } from './parameter.ts'
import { compilePattern, matchesPattern } from './pattern.ts'
import { quoteDouble, quoteSingle } from './quote.ts'

/** `${x#p}`, `${x%p}`, `${x/p/r}`, `${x^p}` and the like, on one value. */
export function applyOperation(operator: string, text: string, pattern: string, replacement: string): string {
  return OPERATIONS[operator]!(text, pattern, replacement)
}

type Operation = (text: string, pattern: string, replacement: string) => string

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '#': (text, pattern) => text.slice(prefixLength(text, pattern, 'shortest') ?? 0),
  '##': (text, pattern) => text.slice(prefixLength(text, pattern, 'longest') ?? 0),
  '%': (text, pattern) => text.slice(0, suffixStart(text, pattern, 'shortest') ?? text.length),
  '%%': (text, pattern) => text.slice(0, suffixStart(text, pattern, 'longest') ?? text.length),
  '/': (text, pattern, replacement) => replace(text, pattern, replacement, false),
  '//': (text, pattern, replacement) => replace(text, pattern, replacement, true),
  '/#': (text, pattern, replacement) => {
    const length = prefixLength(text, pattern, 'longest')
    return length === undefined ? text : replacement + text.slice(length)
  },
  '/%': (text, pattern, replacement) => {
    const start = suffixStart(text, pattern, 'longest')
    return start === undefined ? text : text.slice(0, start) + replacement
  },
  '^': (text, pattern) => changeCase(text.slice(0, 1), pattern, 'toUpperCase') + text.slice(1),
  '^^': (text, pattern) => changeCase(text, pattern, 'toUpperCase'),
  ',': (text, pattern) => changeCase(text.slice(0, 1), pattern, 'toLowerCase') + text.slice(1),
  ',,': (text, pattern) => changeCase(text, pattern, 'toLowerCase'),
}

function prefixLength(text: string, pattern: string, which: 'shortest' | 'longest'): number | undefined {
  const { literal } = compilePattern(pattern)
  if (literal !== undefined) return text.startsWith(literal) ? literal.length : undefined
  const step = which === 'shortest' ? 1 : -1
  for (
    let length = which === 'shortest' ? 0 : text.length;
    length >= 0 && length <= text.length;
    length += step
  ) {
    if (matchesPattern(pattern, text.slice(0, length))) return length
  }
  return undefined
}

function suffixStart(text: string, pattern: string, which: 'shortest' | 'longest'): number | undefined {
  const { literal } = compilePattern(pattern)
  if (literal !== undefined) return text.endsWith(literal) ? text.length - literal.length : undefined
  const step = which === 'shortest' ? -1 : 1
  for (
    let start = which === 'shortest' ? text.length : 0;
    start >= 0 && start <= text.length;
    start += step
  ) {
    if (matchesPattern(pattern, text.slice(start))) return start
  }
  return undefined
}

function replace(text: string, pattern: string, replacement: string, all: boolean): string {
  const { literal } = compilePattern(pattern)
  if (pattern === '') return text
  if (literal !== undefined) {
    return all ? text.split(literal).join(replacement) : text.replace(literal, () => replacement)
  }
  let result = ''
  let at = 0
  while (at < text.length) {
    const length = prefixLength(text.slice(at), pattern, 'longest') ?? 0
    if (length === 0) {
      result += text[at++]
      continue
    }
    result += replacement
    at += length
    if (!all) break
  }
  return result + text.slice(at)
}

function changeCase(text: string, pattern: string, change: 'toUpperCase' | 'toLowerCase'): string {
  return [...text]
    .map((character) => (matchesPattern(pattern, character) ? character[change]() : character))
    .join('')
}

/** `${x:offset:length}`; of `$@` and arrays, a part of the list. Negative numbers count from the end. */
export function slice(
  shell: Shell,
  name: string,
  value: ParameterValue,
  offset: number,
  length?: number,
): ParameterValue {
  if (value.kind === 'one') {
    const text = value.value ?? ''
    const start = offset < 0 ? text.length + offset : offset
    if (start < 0) return { kind: 'one', value: '' }
    const end = length === undefined ? text.length : length < 0 ? text.length + length : start + length
    if (end < start && length !== undefined && length < 0)
      throw new ShellFailure(`${length}: substring expression < 0`)
    return { kind: 'one', value: text.slice(start, end) }
  }
  if (length !== undefined && length < 0) throw new ShellFailure(`${length}: substring expression < 0`)
  // Offset 0 of the positional parameters is $0.
  const isPositional = name === '@' || name === '*'
  const values = isPositional ? [shell.name, ...value.values] : value.values
  const start = offset < 0 ? values.length + offset : offset
  return {
    ...value,
    values: start < 0 ? [] : values.slice(start, length === undefined ? undefined : start + length),
  }
}

/** `${x@Q}` and its kin. */
export function transform(
  shell: Shell,
  name: string,
  value: ParameterValue,
  operator: string,
): ParameterValue {
  const change = TRANSFORMS[operator]
  if (!change) throw new ShellFailure(`\${${name}@${operator}}: bad substitution`)
  if (value.kind === 'list')
    return { ...value, values: value.values.map((text) => change(text, shell, name)) }
  return { kind: 'one', value: value.value === undefined ? undefined : change(value.value, shell, name) }
}

const TRANSFORMS: Readonly<Record<string, (text: string, shell: Shell, name: string) => string>> = {
  Q: quoteSingle,
  U: (text) => text.toUpperCase(),
  u: (text) => text.slice(0, 1).toUpperCase() + text.slice(1),
  L: (text) => text.toLowerCase(),
  E: (text) => text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\'),
  A: (text, _, name) => `${name}=${quoteSingle(text)}`,
  a: (_, shell, name) => {
    const variable = shell.variables.find(name)
    const array = variable?.associative ? 'A' : variable?.elements ? 'a' : ''
    return (
      array +
      (variable?.integer ? 'i' : '') +
      (variable?.readonly ? 'r' : '') +
      (variable?.exported ? 'x' : '')
    )
  },
  P: (text) => text,
  K: quoteDouble,
}
