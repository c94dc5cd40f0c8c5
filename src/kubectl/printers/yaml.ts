import { resolvePlain } from '../resources/yaml-scalars.ts'

/**
 * YAML as kubectl prints it: keys sorted, two spaces, sequences not indented under their key, long lines folded at the
 * first space after column 80, several lines as a block, and quotes around whatever a YAML 1.1 reader would take for something else than a string.
 */
export function toYaml(value: unknown): string {
  return `${block(value, 0, 0).replace(/^\n/, '')}\n`
}

/** Text after `key:` or `-`, which begins at `column`: begins with a newline when it goes on below. */
function block(value: unknown, indent: number, column: number): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `\n${value.map((item) => sequenceItem(item, indent)).join('\n')}`
  if (typeof value === 'object' && value !== null) {
    const entries = sortedEntries(value)
    return entries.length === 0 ? '{}' : `\n${entries.map((entry) => mapEntry(entry, indent)).join('\n')}`
  }
  if (typeof value === 'string') return scalar(value, indent, column)
  return value === null || value === undefined ? 'null' : String(value)
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => keyOrder(a, b))
}

/** Go's yaml orders keys naturally: digits by value, letters before other marks; upper case by code. */
function keyOrder(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  let digits = false
  for (let i = 0; i < left.length && i < right.length; i++) {
    if (left[i] === right[i]) {
      digits = isDigit(left[i]!)
      continue
    }
    const leftLetter = isLetter(left[i]!)
    const rightLetter = isLetter(right[i]!)
    if (leftLetter && rightLetter) return left[i]! < right[i]! ? -1 : 1
    if (leftLetter || rightLetter) return digits ? (leftLetter ? -1 : 1) : leftLetter ? 1 : -1
    const leftRun = numberAt(left, i)
    const rightRun = numberAt(right, i)
    if (leftRun.value !== rightRun.value) return leftRun.value - rightRun.value
    if (leftRun.end !== rightRun.end) return leftRun.end - rightRun.end
    return left[i]! < right[i]! ? -1 : 1
  }
  return left.length - right.length
}

function numberAt(text: readonly string[], start: number): { value: number; end: number } {
  let end = start
  while (end < text.length && isDigit(text[end]!)) end++
  return { value: end > start ? Number(text.slice(start, end).join('')) : 0, end }
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9'
}
function isLetter(char: string): boolean {
  return /\p{L}/u.test(char)
}

function mapEntry([key, value]: [string, unknown], indent: number): string {
  const name = scalarInline(key)
  const text = block(value, Array.isArray(value) ? indent : indent + 2, indent + name.length + 2)
  return `${' '.repeat(indent)}${name}:${text.startsWith('\n') ? '' : ' '}${text}`
}

/** The first entry of a map or sequence stands on the line of its dash. */
function sequenceItem(item: unknown, indent: number): string {
  const text = block(item, indent + 2, indent + 2)
  if (!text.startsWith('\n')) return `${' '.repeat(indent)}- ${text}`
  return `${' '.repeat(indent)}- ${text.slice(1 + indent + 2)}`
}

function scalar(text: string, indent: number, column: number): string {
  if (text.includes('\n') && blockAllowed(text)) return literal(text, indent)
  return fold(scalarInline(text), indent, column)
}

const LINE_WIDTH = 80

/** Breaks at single spaces beyond the line width; a double-quoted text says so with a backslash only before a space. */
function fold(text: string, indent: number, startColumn: number): string {
  if (startColumn + text.length <= LINE_WIDTH) return text
  let out = ''
  let column = startColumn
  const quoted = /^["']/.test(text)
  for (let i = 0; i < text.length; i++) {
    const breaks =
      text[i] === ' ' &&
      text[i - 1] !== ' ' &&
      text[i + 1] !== ' ' &&
      column > LINE_WIDTH &&
      i > (quoted ? 1 : 0) &&
      i < text.length - (quoted ? 2 : 1)
    out += breaks ? `\n${' '.repeat(indent)}` : text[i]
    column = breaks ? indent : column + 1
  }
  return out
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const body = text.endsWith('\n') ? text.slice(0, -1) : text
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(Math.max(indent, 2)) + line))
  return `|${hint}${chomp}\n${lines.join('\n')}`
}

/** Neither characters that need escapes nor spaces that a block would lose. */
function blockAllowed(text: string): boolean {
  return !needsEscapes(text) && !/ \n/.test(text) && !text.endsWith(' ')
}

function needsEscapes(text: string): boolean {
  return /[\u0000-\u0009\u000b-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/.test(text)
}

function scalarInline(text: string): string {
  if (text === '' || resolvePlain(text) !== text || looksLikeTimeOrSexagesimal(text))
    return doubleQuoted(text)
  if (needsEscapes(text) || text.includes('\n')) return doubleQuoted(text)
  if (plainAllowed(text)) return text
  return `'${text.replace(/'/g, "''")}'`
}

/** `12:30:45` is a number to a YAML 1.1 reader, `2026-11-22` and RFC 3339 are times. */
function looksLikeTimeOrSexagesimal(text: string): boolean {
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ]\s*\d{1,2}:\d\d:\d\d(\.\d+)?\s*([Zz]|[-+]\d\d:\d\d)?)?$/.test(text))
    return true
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)
}

function plainAllowed(text: string): boolean {
  if (/^\s|\s$/.test(text)) return false
  if (/^(---|\.\.\.)/.test(text)) return false
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false
  if (/^[?:-](\s|$)/.test(text)) return false
  return !/:(\s|$)/.test(text) && !/\s#/.test(text)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

function doubleQuoted(text: string): string {
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (ESCAPES[char] !== undefined) out += ESCAPES[char]
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
      out += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
    else if (code === 0xfeff) out += '\\uFEFF'
    else out += char
  }
  return `"${out}"`
}
