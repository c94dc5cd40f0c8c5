import type { CompoundCommand, CompoundList, Redirected } from 'unbash'

/** A text that commands were parsed from: positions of the syntax tree point into it. */
export interface Source {
  readonly text: string
  /** The number of its first line. */
  readonly firstLine: number
}

export interface ShellFunction {
  readonly body: CompoundCommand | Redirected | CompoundList
  readonly source: Source
  /** As written, for `type`. */
  readonly text: string
}

const lineStarts = new WeakMap<Source, readonly number[]>()

/** The number of the line that holds a position. */
export function lineAt(source: Source, position: number): number {
  let starts = lineStarts.get(source)
  if (!starts) {
    const found = [0]
    for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1))
      found.push(at + 1)
    lineStarts.set(source, (starts = found))
  }
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= position) low = middle
    else high = middle
  }
  return source.firstLine + low
}
