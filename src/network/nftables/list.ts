import { formatRange } from '../address.ts'
import { compareKeys, keyText, perLine } from './data-types.ts'
import type { NftChain, NftElement, NftHook, NftSet, NftTable } from './ruleset.ts'
import { targetText } from './statements.ts'

/** A table as `nft list table` prints it, with a line end. */
export function listTable(table: NftTable, nowMs: number): string {
  const blocks = [
    ...[...table.sets.values()].map((set) => setLines(set, nowMs)),
    ...[...table.chains.values()].map(chainLines),
  ]
  const comment = table.comment === undefined ? [] : [`\tcomment "${table.comment}"`]
  return braced(`table ${table.title}`, [...comment, blocks.map((lines) => lines.join('\n')).join('\n\n')])
}

/** Some of a table's chains or sets, as `nft list chain` and `nft list set` print them. */
export function listParts(
  table: NftTable,
  parts: { readonly chains?: readonly NftChain[]; readonly sets?: readonly NftSet[] },
  nowMs: number,
): string {
  const blocks = [
    ...(parts.sets ?? []).map((set) => setLines(set, nowMs)),
    ...(parts.chains ?? []).map(chainLines),
  ]
  return braced(
    `table ${table.title}`,
    blocks.map((lines) => lines.join('\n')),
  )
}

const braced = (head: string, lines: readonly string[]): string =>
  `${[`${head} {`, ...lines.filter((line) => line !== ''), '}'].join('\n')}\n`

function setLines(set: NftSet, nowMs: number): string[] {
  const { name, type, isMap, comment, size, flags, timeoutS } = set.spec
  const lines = [
    `\t${isMap ? 'map' : 'set'} ${name} {`,
    `\t\ttype ${type.join(' . ')}${isMap ? ' : verdict' : ''}`,
  ]
  if (size !== undefined) lines.push(`\t\tsize ${size}`)
  if (flags) lines.push(`\t\tflags ${flags.join(',')}`)
  if (timeoutS !== undefined) lines.push(`\t\ttimeout ${duration(timeoutS * 1000)}`)
  if (comment !== undefined) lines.push(`\t\tcomment "${comment}"`)
  const elements = flags?.includes('interval')
    ? set.ranges.map(formatRange)
    : set
        .elements(nowMs)
        .sort((a, b) => compareKeys(type, a.key, b.key))
        .map((element) => elementText(set, element, nowMs))
  if (elements.length > 0) lines.push(`\t\telements = { ${inColumns(elements, perLine(type))} }`)
  return [...lines, '\t}']
}

function elementText({ spec }: NftSet, element: NftElement, nowMs: number): string {
  const { key, comment, verdict, expiresAtMs } = element
  return (
    keyText(spec.type, key) +
    (expiresAtMs === undefined ? '' : ` expires ${duration(expiresAtMs - nowMs)}`) +
    (comment === undefined ? '' : ` comment "${comment}"`) +
    (verdict === undefined ? '' : ` : ${targetText(verdict)}`)
  )
}

const inColumns = (items: readonly string[], columns: number): string =>
  items
    .map((item, index) => (index === 0 ? '' : index % columns === 0 ? ',\n\t\t\t     ' : ', ') + item)
    .join('')

/** `1h30m`, `1m29s996ms`. */
function duration(ms: number): string {
  const whole = Math.ceil(ms)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400_000), 'd'],
    [Math.floor(whole / 3_600_000) % 24, 'h'],
    [Math.floor(whole / 60_000) % 60, 'm'],
    [Math.floor(whole / 1000) % 60, 's'],
    [whole % 1000, 'ms'],
  ]
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('')
}

function chainLines(chain: NftChain): string[] {
  const lines = [`\tchain ${chain.name} {`]
  if (chain.comment !== undefined) lines.push(`\t\tcomment "${chain.comment}"`)
  if (chain.base) lines.push(`\t\t${hookText(chain.base)}`)
  return [...lines, ...chain.rules.map(({ text }) => `\t\t${text}`), '\t}']
}

/** `type filter hook input priority filter; policy accept;`. */
const hookText = ({ type, hook, priority, policy }: NftHook): string =>
  `type ${type} hook ${hook.toLowerCase()} priority ${priorityText(priority, hook)}; policy ${policy.toLowerCase()};`

/** Priorities have names, two of them at one hook only; what is near is told from there. */
const NAMED: readonly { readonly name: string; readonly priority: number; readonly hook?: string }[] = [
  { name: 'raw', priority: -300 },
  { name: 'mangle', priority: -150 },
  { name: 'dstnat', priority: -100, hook: 'PREROUTING' },
  { name: 'filter', priority: 0 },
  { name: 'security', priority: 50 },
  { name: 'srcnat', priority: 100, hook: 'POSTROUTING' },
]

function priorityText(priority: number, hook: string): string {
  const near = NAMED.find(
    (named) => (named.hook ?? hook) === hook && Math.abs(named.priority - priority) <= 10,
  )
  if (!near) return String(priority)
  const offset = priority - near.priority
  return offset === 0 ? near.name : `${near.name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`
}
