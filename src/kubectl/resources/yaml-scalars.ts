/** What an unquoted YAML 1.1 scalar means, as the Go library under kubectl resolves it (`yes` is true, `0x10` is 16). */
export function resolvePlain(text: string): string | number | boolean | null {
  const fixed = FIXED.get(text)
  if (fixed !== undefined) return fixed
  if (!/^[-+.0-9]/.test(text)) return text
  const plain = text.replace(/_/g, '')
  const integer = parseInteger(plain)
  if (integer !== undefined) return integer
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) return Number(plain)
  return text
}

const FIXED = new Map<string, string | number | boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
])

function parseInteger(text: string): number | undefined {
  if (/^[-+]?(0|[1-9][0-9]*)$/.test(text)) return Number(text)
  const match = /^([-+]?)0(x[0-9a-fA-F]+|b[01]+|o?[0-7]+)$/.exec(text)
  if (!match) return undefined
  const digits = match[2]!
  const value = /^[xb]/.test(digits) ? Number(`0${digits}`) : parseInt(digits.replace('o', ''), 8)
  return match[1] === '-' ? -value : value
}
