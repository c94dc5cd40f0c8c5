import { checkWordCount } from '../limits.ts'

/** Brace expansion, by the text alone: `a{b,c}d` gives `abd acd`, `{1..3}` gives `1 2 3`. Quotes protect braces. */
export function expandBraces(text: string): string[] {
  for (let start = 0; start < text.length; start = skip(text, start)) {
    if (text[start] !== '{') continue
    const body = bracedParts(text, start)
    if (!body) continue
    const before = text.slice(0, start)
    const after = expandBraces(text.slice(body.end))
    const middle = body.parts.length > 1 ? body.parts.flatMap(expandBraces) : sequence(body.parts[0]!)
    if (!middle) continue
    checkWordCount(middle.length * after.length)
    return middle.flatMap((part) => after.map((rest) => before + part + rest))
  }
  return [text]
}

/** The end of what begins at `at`: a quoted string or expansion as a whole, else one character. */
function skip(text: string, at: number): number {
  const character = text[at]!
  if (character === '\\') return at + 2
  if (character === "'") return after(text, "'", at + 1)
  if (character === '"') {
    let end = at + 1
    while (end < text.length && text[end] !== '"')
      end = text[end] === '`' ? skip(text, end) : dollar(text, end)
    return end + 1
  }
  if (character === '`') return after(text, '`', at + 1)
  return dollar(text, at)
}

function dollar(text: string, at: number): number {
  if (text[at] === '\\') return at + 2
  if (text[at] !== '$') return at + 1
  const opener = text[at + 1]
  if (opener !== '{' && opener !== '(') return at + 1
  const closer = opener === '{' ? '}' : ')'
  let depth = 0
  for (let end = at + 1; end < text.length;) {
    if (text[end] === opener) depth++
    else if (text[end] === closer && --depth === 0) return end + 1
    end = text[end] === opener ? end + 1 : Math.max(end + 1, skip(text, end))
  }
  return text.length
}

function after(text: string, closer: string, from: number): number {
  const end = text.indexOf(closer, from)
  return end < 0 ? text.length : end + 1
}

/** The parts between the braces that open at `start`; undefined when they are not closed or hold no comma or range. */
function bracedParts(text: string, start: number): { parts: string[]; end: number } | undefined {
  const parts: string[] = []
  let depth = 0
  let partStart = start + 1
  for (let at = start; at < text.length; at = skip(text, at)) {
    const character = text[at]
    if (character === '{') depth++
    else if (character === ',' && depth === 1) {
      parts.push(text.slice(partStart, at))
      partStart = at + 1
    } else if (character === '}' && --depth === 0) {
      parts.push(text.slice(partStart, at))
      return parts.length > 1 || parts[0]!.includes('..') ? { parts, end: at + 1 } : undefined
    }
  }
  return undefined
}

const MAX_SEQUENCE = 100_000

function sequence(text: string): string[] | undefined {
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d+))?$/.exec(text)
  if (!match) return undefined
  const [, from, to, first, last, by] = match
  const low = from !== undefined ? Number(from) : first!.charCodeAt(0)
  const high = to !== undefined ? Number(to) : last!.charCodeAt(0)
  const step = Math.abs(Number(by ?? 1)) || 1
  if (Math.abs(high - low) / step > MAX_SEQUENCE) return undefined
  const padded = [from, to].some((number) => number !== undefined && /^-?0\d/.test(number))
  const width = padded ? Math.max(from!.length, to!.length) : 0
  const values: string[] = []
  for (let value = low; low <= high ? value <= high : value >= high; value += low <= high ? step : -step) {
    if (first !== undefined) values.push(String.fromCharCode(value))
    else
      values.push(
        value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0'),
      )
  }
  return values
}
