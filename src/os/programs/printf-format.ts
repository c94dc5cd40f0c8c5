import { unescape } from './echo.ts'

/** What printf made of its arguments, and what it could not make sense of (for standard error). */
export interface Formatted {
  readonly text: string
  readonly problems: readonly string[]
  /** `\c` was met, or a directive that does not exist: nothing more is to be printed. */
  readonly stop: boolean
}

const DIRECTIVE =
  /%%|%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlLqjzt]*([a-zA-Z])|\\(?:[0-7]{1,3}|x[\da-fA-F]{1,2}|u[\da-fA-F]{1,4}|.)|%/gs

/** printf(1): the format is used again and again while arguments are left. */
export function formatPrintf(format: string, args: readonly string[]): Formatted {
  const state = { args: [...args], problems: [] as string[], stop: false, consumed: false }
  let text = ''
  do {
    state.consumed = false
    text += once(format, state)
  } while (state.args.length > 0 && state.consumed && !state.stop)
  return { text, problems: state.problems, stop: state.stop }
}

interface State {
  args: string[]
  problems: string[]
  stop: boolean
  consumed: boolean
}

function once(format: string, state: State): string {
  let text = ''
  let from = 0
  for (const match of format.matchAll(DIRECTIVE)) {
    if (state.stop) break
    text += format.slice(from, match.index)
    from = match.index + match[0].length
    if (match[0] === '%%') text += '%'
    else if (match[0].startsWith('\\')) text += escape(match[0], state)
    else text += directive(match, state)
  }
  return state.stop ? text : text + format.slice(from)
}

function escape(sequence: string, state: State): string {
  if (sequence === '\\c') {
    state.stop = true
    return ''
  }
  if (sequence === '\\"') return '"'
  if (sequence.startsWith('\\u')) return String.fromCodePoint(parseInt(sequence.slice(2), 16))
  if (/^\\[0-7]/.test(sequence)) return String.fromCharCode(parseInt(sequence.slice(1), 8) & 255)
  return unescape(sequence).text
}

function directive(match: RegExpMatchArray, state: State): string {
  const [whole, flags = '', widthText, precisionText, conversion] = match
  const take = () => {
    state.consumed = true
    return state.args.shift()
  }
  let flagsUsed = flags
  let width = widthText === '*' ? Number(take() ?? 0) : Number(widthText ?? 0)
  if (width < 0) {
    flagsUsed += '-'
    width = -width
  }
  const hasPoint = whole.includes('.')
  const precision = hasPoint
    ? precisionText === '*'
      ? Number(take() ?? 0)
      : Number(precisionText ?? 0)
    : undefined
  const format = FORMATS[conversion ?? '']
  if (!format) {
    state.problems.push(`${whole}: invalid conversion specification`)
    state.stop = true
    return ''
  }
  return pad(
    format(take(), precision, flagsUsed, state),
    width,
    flagsUsed,
    /[diouxXeEfFgG]/.test(conversion!),
  )
}

type Format = (
  argument: string | undefined,
  precision: number | undefined,
  flags: string,
  state: State,
) => string

const integer: (radix: number) => Format = (radix) => (argument, precision, flags, state) => {
  const value = numberOf(argument, state)
  const whole = Math.trunc(value)
  // Negative numbers in octal and hexadecimal are two's complement in 64 bits.
  const digits =
    whole < 0 && radix !== 10
      ? BigInt.asUintN(64, BigInt(whole)).toString(radix)
      : Math.abs(whole).toString(radix)
  const padded = precision === undefined ? digits : digits.padStart(precision, '0')
  const prefix = flags.includes('#') && whole !== 0 ? ({ 8: '0', 16: '0x' }[radix] ?? '') : ''
  return sign(radix === 10 && whole < 0, flags, radix === 10) + prefix + padded
}

const floating: (print: (value: number, precision: number | undefined) => string) => Format =
  (print) => (argument, precision, flags, state) => {
    const value = numberOf(argument, state)
    const text = Number.isFinite(value)
      ? print(Math.abs(value), precision)
      : Number.isNaN(value)
        ? 'nan'
        : 'inf'
    return sign(value < 0 || Object.is(value, -0), flags, true) + text
  }

const FORMATS: Readonly<Record<string, Format>> = {
  d: integer(10),
  i: integer(10),
  u: integer(10),
  o: integer(8),
  x: integer(16),
  X: (...args) => integer(16)(...args).toUpperCase(),
  f: floating((value, precision) => value.toFixed(precision ?? 6)),
  F: floating((value, precision) => value.toFixed(precision ?? 6)),
  e: floating((value, precision) => exponent(value.toExponential(precision ?? 6))),
  E: (...args) =>
    floating((value, precision) => exponent(value.toExponential(precision ?? 6)))(...args).toUpperCase(),
  g: floating(general),
  G: (...args) => floating(general)(...args).toUpperCase(),
  s: (argument = '', precision) => (precision === undefined ? argument : argument.slice(0, precision)),
  c: (argument = '') => argument.slice(0, 1),
  b: (argument = '', precision, _flags, state) => {
    const { text, stop } = unescape(argument)
    if (stop) state.stop = true
    return precision === undefined ? text : text.slice(0, precision)
  },
  q: (argument = '') =>
    /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`,
}

function sign(negative: boolean, flags: string, signed: boolean): string {
  if (negative) return '-'
  if (!signed) return ''
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

/** C's %g: the shorter of %e and %f, zeros at the end dropped. */
export function general(value: number, precision = 6): string {
  if (value === 0) return '0'
  const digits = Math.max(1, precision)
  const power = Number(value.toExponential(digits - 1).split('e')[1])
  if (power < -4 || power >= digits) {
    const [mantissa, exp] = value.toExponential(digits - 1).split('e')
    return exponent(`${dropZeros(mantissa!)}e${exp}`)
  }
  return dropZeros(value.toFixed(Math.max(0, digits - 1 - power)))
}

const dropZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

/** C writes at least two digits of the exponent. */
const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2')

function numberOf(argument: string | undefined, state: State): number {
  if (argument === undefined || argument === '') return 0
  if (/^["']/.test(argument)) return argument.codePointAt(1) ?? 0
  const match =
    /^\s*([-+]?)(0[xX][\da-fA-F]+|0[0-7]*(?![\d.eE])|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(
      argument,
    )
  if (!match) {
    state.problems.push(`'${argument}': expected a numeric value`)
    return 0
  }
  if (match[0].length < argument.length) state.problems.push(`'${argument}': value not completely converted`)
  const digits = match[2]!.toLowerCase()
  const magnitude = digits.startsWith('inf')
    ? Infinity
    : /^0[0-7]+$/.test(digits)
      ? parseInt(digits, 8)
      : Number(digits)
  return match[1] === '-' ? -magnitude : magnitude
}

function pad(text: string, width: number, flags: string, numeric: boolean): string {
  if (text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (!numeric || !flags.includes('0')) return text.padStart(width)
  const start = /^[-+ ]?(0x)?/i.exec(text)![0]
  return start + text.slice(start.length).padStart(width - start.length, '0')
}
