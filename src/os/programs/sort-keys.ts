/** One `-k`: from a field and character to another, with its own ordering letters. */
export interface SortKey {
  readonly start: Position
  readonly end: Position | undefined
  readonly letters: string
}

interface Position {
  readonly field: number
  /** 1-based; 0 as the end means the whole field. */
  readonly character: number
}

export interface SortOptions {
  readonly keys: readonly SortKey[]
  readonly separator: string | undefined
  /** The ordering options given outside of keys. */
  readonly letters: string
  /** No comparison of whole lines as the last resort. */
  readonly stable: boolean
}

/** `2,3n` and the like; letters of its own override the global ones. Undefined when it is no key. */
export function parseKey(text: string, global: string): SortKey | undefined {
  const match = /^([1-9]\d*)(?:\.(\d+))?([bdfghinMRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghinMRrV]*))?$/.exec(text)
  if (!match) return undefined
  const own = `${match[3]}${match[6] ?? ''}`
  return {
    start: { field: Number(match[1]), character: Number(match[2] ?? 1) },
    end: match[4] === undefined ? undefined : { field: Number(match[4]), character: Number(match[5] ?? 0) },
    letters: own === '' ? global.replace(/[^bdfghinMRrV]/g, '') : own,
  }
}

/** The order of lines in the C locale. */
export function sortComparison(options: SortOptions): (a: string, b: string) => number {
  const keys = options.keys.map((key) => ({
    extract: (line: string) => extract(line, key, options.separator),
    compare: ordering(key.letters),
    direction: key.letters.includes('r') ? -1 : 1,
  }))
  const whole = ordering(options.letters)
  const lastResort = options.letters.includes('r') ? -1 : 1
  if (keys.length === 0) keys.push({ extract: (line) => line, compare: whole, direction: lastResort })
  return (a, b) => {
    for (const { extract: key, compare, direction } of keys) {
      const order = compare(key(a), key(b))
      if (order !== 0) return order * direction
    }
    return options.stable ? 0 : byBytes(a, b) * lastResort
  }
}

function ordering(letters: string): (a: string, b: string) => number {
  const fold = (text: string) => {
    let result = letters.includes('b') || /[nghM]/.test(letters) ? text.trimStart() : text
    if (letters.includes('d')) result = result.replace(/[^a-zA-Z0-9 \t]/g, '')
    return letters.includes('f') ? result.toUpperCase() : result
  }
  const value = letters.includes('h')
    ? human
    : letters.includes('M')
      ? month
      : letters.includes('g')
        ? general
        : letters.includes('n')
          ? decimal
          : undefined
  if (value) return (a, b) => value(fold(a)) - value(fold(b))
  if (letters.includes('V')) return (a, b) => byVersion(fold(a), fold(b))
  return (a, b) => byBytes(fold(a), fold(b))
}

function extract(line: string, key: SortKey, separator: string | undefined): string {
  const bounds = fieldBounds(line, separator)
  const first = bounds[key.start.field - 1]
  if (!first) return ''
  const blanks = key.letters.includes('b') ? leadingBlanks(line, first.start) : 0
  const start = Math.min(first.start + blanks + key.start.character - 1, line.length)
  if (!key.end) return line.slice(start)
  const last = bounds[key.end.field - 1]
  if (!last) return line.slice(start)
  return line.slice(
    start,
    key.end.character === 0 ? last.end : Math.min(last.start + key.end.character, last.end),
  )
}

/** Without a separator a field is blanks and what follows them. */
function fieldBounds(line: string, separator: string | undefined): { start: number; end: number }[] {
  const bounds: { start: number; end: number }[] = []
  if (separator === undefined) {
    for (const match of line.matchAll(/[ \t]*[^ \t]+|[ \t]+$/g))
      bounds.push({ start: match.index, end: match.index + match[0].length })
    return bounds
  }
  let start = 0
  for (const field of line.split(separator)) {
    bounds.push({ start, end: start + field.length })
    start += field.length + separator.length
  }
  return bounds
}

const leadingBlanks = (line: string, from: number): number => /^[ \t]*/.exec(line.slice(from))![0].length

export const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const decimal = (text: string): number => Number(/^\s*-?(?:\d+\.?\d*|\.\d+)/.exec(text)?.[0] ?? 0)

const general = (text: string): number => {
  const value = Number.parseFloat(text)
  return Number.isNaN(value) ? -Infinity : value
}

const human = (text: string): number => {
  const match = /^\s*(-?[\d.]+)([KMGTPE]?)/i.exec(text)
  return match ? Number(match[1]) * 1024 ** ' KMGTPE'.indexOf(match[2]!.toUpperCase() || ' ') : 0
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

const month = (text: string): number => MONTHS.indexOf(text.slice(0, 3).toUpperCase())

function byVersion(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? []
  const left = parts(a)
  const right = parts(b)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const x = left[index] ?? ''
    const y = right[index] ?? ''
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : byBytes(x, y)
    if (order !== 0) return order
  }
  return 0
}
