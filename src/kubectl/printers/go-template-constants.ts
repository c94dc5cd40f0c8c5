/** A number written in a template or counted by it: Go's `int` or `float64`, where those of JSON are `int64`. */
export class GoNumber {
  readonly value: number
  readonly float: boolean
  constructor(value: number, float = false) {
    this.value = value
    this.float = float
  }
}

export function constantNumber(text: string): GoNumber {
  const value = Number(text.replace(/_/g, ''))
  return new GoNumber(value, !Number.isInteger(value))
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** The text of a string or character as Go writes it. */
export function unquote(text: string): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  return inner.replace(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/g,
    (_, four?: string, two?: string, char = '') =>
      four || two ? String.fromCodePoint(parseInt((four ?? two)!, 16)) : (ESCAPES[char as string] ?? char),
  )
}
