import type { KubeObject } from '../../api.ts'
import { alignTabs } from '../tab-writer.ts'

/** Lines at levels of indentation, with tabs between columns that are aligned at the end. */
export class Lines {
  private text = ''

  /** @param level two spaces each */
  add(level: number, line: string): void {
    this.text += `${'  '.repeat(level)}${line}\n`
  }

  /** `Title:` over a table with a rule below its header. */
  table(level: number, header: readonly string[], rows: readonly (readonly string[])[]): void {
    this.add(level, header.join('\t'))
    this.add(level, header.map((title) => '-'.repeat(title.length)).join('\t'))
    for (const row of rows) this.add(level, row.join('\t'))
  }

  /** With the tabs as they are. */
  raw(): string {
    return this.text
  }

  toString(): string {
    return alignTabs(this.text, 0, 2)
  }
}

/** `Labels:` and what follows, one pair a line, in order of the keys. */
export function addLabels(
  lines: Lines,
  level: number,
  title: string,
  labels: Readonly<Record<string, string>> | undefined,
  skip: ReadonlySet<string> = new Set(),
): void {
  const keys = Object.keys(labels ?? {})
    .filter((key) => !skip.has(key))
    .sort()
  if (keys.length === 0) return lines.add(level, `${title}:\t<none>`)
  keys.forEach((key, i) =>
    lines.add(i === 0 ? level : 0, `${i === 0 ? `${title}:` : ''}\t${key}=${labels![key]}`),
  )
}

const SKIPPED_ANNOTATIONS = new Set(['kubectl.kubernetes.io/last-applied-configuration'])
const LONGEST = 140

/** `Annotations:`; long values stand on lines of their own. */
export function addAnnotations(
  lines: Lines,
  level: number,
  title: string,
  annotations: Readonly<Record<string, string>> | undefined,
): void {
  const keys = Object.keys(annotations ?? {})
    .filter((key) => !SKIPPED_ANNOTATIONS.has(key))
    .sort()
  if (keys.length === 0) return lines.add(level, `${title}:\t<none>`)
  keys.forEach((key, i) => {
    const head = i === 0 ? `${title}:` : ''
    const value = annotations![key]!.replace(/\n$/, '')
    if (value.length + key.length + 2 < LONGEST && !value.includes('\n'))
      return lines.add(level, `${head}\t${key}: ${value}`)
    lines.add(level, `${head}\t${key}:`)
    for (const line of value.split('\n')) lines.add(level, `\t  ${shorten(line)}`)
  })
}

function shorten(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 2)}...` : line
}

/** A selector as one line: `a=b,c in (d,e)`. */
export function selectorText(selector: KubeObject): string {
  if (!selector) return '<unset>'
  const labels = Object.keys(selector.matchLabels ?? {})
    .sort()
    .map((key) => `${key}=${selector.matchLabels[key]}`)
  const expressions = ((selector.matchExpressions as KubeObject[] | undefined) ?? []).map(
    ({ key, operator, values }) => {
      if (operator === 'Exists') return key as string
      if (operator === 'DoesNotExist') return `!${key}`
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`
    },
  )
  const all = [...labels, ...expressions].sort()
  return all.length === 0 ? '<none>' : all.join(',')
}

/** A plain map as `a=b,c=d`. */
export function mapText(map: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(map ?? {}).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${map![key]}`).join(',')
}
