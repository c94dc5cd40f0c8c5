/**
 * The one normalisation: two texts are equal when they are equal after each volatile part is replaced by the name of
 * its class, and nothing else. Widening this to make a step pass would be cheating; what differs for a reason is
 * listed in `known-differences.ts`.
 */

const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]{5}'
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'

/** Tried in this order at every place of a line. */
const CLASSES: readonly (readonly [name: string, pattern: string])[] = [
  ['TIME', String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)`],
  [
    'TIME',
    String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:${MONTHS}) \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)`,
  ],
  ['LOGTIME', String.raw`\[\d\d/(?:${MONTHS})/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]`],
  ['LOGTIME', String.raw`\b\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\b`],
  ['LOGTIME', String.raw`\b[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+`],
  ['UID', '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'],
  ['HASH', String.raw`\b[0-9a-f]{64}\b`],
  ['TOKEN', String.raw`eyJ[\w.-]+`],
  ['MAC', String.raw`\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b`],
  ['LINKLOCAL', String.raw`\bfe80::[0-9a-f:]+`],
  ['IF', String.raw`@if\d+`],
  ['POD-IP', String.raw`\b10\.244\.\d+\.\d+\b`],
  ['POD-IP', String.raw`\b10-244-\d+-\d+\b`],
  ['VIP', String.raw`\b10\.96\.(?!0\.1\b|0\.10\b)\d+\.\d+\b`],
  ['NODE-IP', String.raw`\b192\.168\.99\.1[12]\b`],
  ['NODE', String.raw`\bnode-[12]\b`],
  ['LB-IP', String.raw`\b203\.0\.113\.\d+\b`],
  ['EVENT', String.raw`\.[0-9a-f]{16}\b`],
  ['EDIT', '(?<=LIVE-|MERGED-|kubectl-edit-)\\d+'],
  ['MINUTE', String.raw`(?<=-)2\d{7}\b`],
  ['SUFFIX', `(?<=-)${SUFFIX}(?![\\w-]*\\w)`],
  ['RTT', String.raw`(?<=time=)[\d.]+(?= ms)`],
  ['TTL', String.raw`(?<=ttl=)\d+`],
  ['RTT', String.raw`(?<=min/avg/max = )[\d./]+(?= ms)`],
  ['SIZE', String.raw`(?<=Image size: )\d+(?= bytes)`],
  ['NODEPORT', String.raw`\b3[0-2]\d{3}\b`],
  [
    'AGE',
    String.raw`(?<=^|[\s(])(?:<invalid>|\d+y(?:\d+d)?|\d+d(?:\d+h)?|\d+h(?:\d+m)?|\d+m(?:\d+s)?|\d+(?:\.\d+)?m?s)(?=$|[\s)])`,
  ],
]

const PATTERN = new RegExp(CLASSES.map(([, pattern], index) => `(?<c${index}>${pattern})`).join('|'), 'g')
const RESOURCE_VERSION = /("?resourceVersion"?: "?)\d+/gi
const WELCOME = /<!DOCTYPE html>(?:(?!<\/html>)[\s\S])*<title>(Welcome to nginx!)<\/title>[\s\S]*?<\/html>/g

/** A text in classes, and the volatile parts it had, in their order. */
export interface Normalised {
  readonly text: string
  readonly parts: readonly { readonly class: string; readonly value: string }[]
}

export function normalise(text: string): Normalised {
  const lines = text
    .replace(WELCOME, '<html><title>$1</title></html>')
    .replace(RESOURCE_VERSION, '$1RV')
    .split('\n')
    .map(normaliseLine)
  const sorted = sortVolatileRows(lines)
  return { text: sorted.map((line) => line.text).join('\n'), parts: sorted.flatMap((line) => line.parts) }
}

interface Line extends Normalised {
  readonly raw: string
}

function normaliseLine(raw: string): Line {
  const parts: { class: string; value: string }[] = []
  const text = raw.replace(PATTERN, (value, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>
    const index = Object.keys(groups).find((key) => groups[key] !== undefined)!
    const name = CLASSES[Number(index.slice(1))]![0]
    parts.push({ class: name, value })
    return `<${name}>`
  })
  const indentation = /^ */.exec(text)![0]
  return { raw, text: indentation + text.slice(indentation.length).replace(/ {2,}/g, '  '), parts }
}

const EVENT_ROW = /^\s*(?:<AGE>|\S+ +<AGE>)?.*\b(?:Normal|Warning) +\w+/
const VARIABLE = /^[A-Z_][A-Z0-9_]*=/
const NSLOOKUP = /^(?:Name:|Address|\*\* server can't find|$)/

/**
 * Rows whose order is chance: tables of names with random suffixes, events, environment variables, nslookup's lines.
 * Only runs of such lines are sorted, so that what stands between them keeps its place.
 */
function sortVolatileRows(lines: readonly Line[]): readonly Line[] {
  const isNslookup = lines.some((line) => /^Server:\t/.test(line.raw))
  const kindOf = (line: Line): string | undefined => {
    if (isNslookup && NSLOOKUP.test(line.text)) return 'nslookup'
    if (VARIABLE.test(line.text)) return 'variable'
    if (EVENT_ROW.test(line.text)) return 'event'
    return /^\S*<SUFFIX>/.test(line.text) ? 'row' : undefined
  }
  const result: Line[] = []
  for (let start = 0; start < lines.length;) {
    const kind = kindOf(lines[start]!)
    let end = start + 1
    while (end < lines.length && kind !== undefined && kindOf(lines[end]!) === kind) end++
    const run = lines.slice(start, end)
    result.push(...(kind ? run.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)) : run))
    start = end
  }
  return result
}
