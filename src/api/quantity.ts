/** Resource quantities (`100m`, `1.5Gi`, `2e3`): parsing, comparing, canonical form. */

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
/** Powers of ten by suffix. */
export const DECIMAL_SCALES: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const DECIMAL_BY_EXPONENT: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(DECIMAL_SCALES).map(([suffix, exponent]) => [exponent, suffix]),
)

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** A quantity in billionths of its unit, exactly, with the format it was written in. */
export interface Quantity {
  readonly nano: bigint
  readonly format: QuantityFormat
}

const QUANTITY_SYNTAX_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix"

/** @returns an error's text when `text` is no quantity. Digits below a billionth round up, as `resource.Quantity` does. */
export function parseQuantity(text: string): Quantity | string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text)
  if (!match || (match[2] === '' && !match[3])) return QUANTITY_SYNTAX_ERROR
  const [, sign, whole, fraction = '', suffix = ''] = match
  const scale = scaleOf(suffix)
  if (!scale) return QUANTITY_SUFFIX_ERROR
  const numerator = BigInt(whole + fraction || '0') * scale.factor
  const exponent = 9 - fraction.length + scale.exponent
  let nano: bigint
  if (exponent >= 0) nano = numerator * 10n ** BigInt(exponent)
  else {
    const divisor = 10n ** BigInt(-exponent)
    nano = (numerator + divisor - 1n) / divisor
  }
  return { nano: sign === '-' ? -nano : nano, format: scale.format }
}

function scaleOf(suffix: string): { factor: bigint; exponent: number; format: QuantityFormat } | undefined {
  const binary = BINARY.indexOf(suffix)
  if (binary > 0) return { factor: 1024n ** BigInt(binary), exponent: 0, format: 'BinarySI' }
  if (Object.hasOwn(DECIMAL_SCALES, suffix))
    return { factor: 1n, exponent: DECIMAL_SCALES[suffix]!, format: 'DecimalSI' }
  const exponent = /^[eE]([-+]?\d{1,2})$/.exec(suffix)
  return exponent ? { factor: 1n, exponent: Number(exponent[1]), format: 'DecimalExponent' } : undefined
}

/** The quantity as a number of its unit (cores, bytes), for arithmetic that may round. NaN when it is none. */
export function quantityValue(text: string | undefined): number {
  const quantity = parseQuantity(text ?? '0')
  return typeof quantity === 'string' ? NaN : Number(quantity.nano) / 1e9
}

/** In thousandths of the unit, rounded up: millicores. */
export function quantityMillis(text: string | undefined): number {
  const quantity = parseQuantity(text ?? '0')
  return typeof quantity === 'string' ? NaN : Number(ceilDivide(quantity.nano, 1_000_000n))
}

export function compareQuantities(a: string, b: string): number {
  const left = parseQuantity(a)
  const right = parseQuantity(b)
  if (typeof left === 'string' || typeof right === 'string') return NaN
  return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0
}

/** The sum in canonical form, in the format of the first that is not zero. */
export function addQuantities(texts: readonly string[]): string {
  const quantities = texts.map(parseQuantity).filter((quantity) => typeof quantity !== 'string')
  const format =
    quantities.find((quantity) => quantity.nano !== 0n)?.format ?? quantities[0]?.format ?? 'DecimalSI'
  return formatQuantity({ nano: quantities.reduce((sum, quantity) => sum + quantity.nano, 0n), format })
}

/** The canonical form: no fraction, the largest suffix that divides it. `1024Mi` becomes `1Gi`, `0.5` becomes `500m`. */
export function canonicalQuantity(text: string): string {
  const quantity = parseQuantity(text)
  return typeof quantity === 'string' ? text : formatQuantity(quantity)
}

function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0'
  const unit = 1_000_000_000n
  if (format === 'BinarySI' && nano % unit === 0n) {
    let value = nano / unit
    let suffix = 0
    while (value % 1024n === 0n && suffix < 6) {
      value /= 1024n
      suffix++
    }
    return `${value}${BINARY[suffix]}`
  }
  let value = nano
  let exponent = -9
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n
    exponent += 3
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${value}` : `${value}e${exponent}`
  return `${value}${DECIMAL_BY_EXPONENT[exponent]}`
}

const ceilDivide = (value: bigint, divisor: bigint): bigint =>
  value > 0n ? (value + divisor - 1n) / divisor : value / divisor
