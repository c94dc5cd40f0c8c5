/** One step of an edit: lines kept, taken from the old text, or added from the new. */
export interface Edit {
  readonly kind: 'same' | 'delete' | 'insert'
  readonly line: string
}

/** The shortest edit from one list of lines to another (Myers, 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++
  const same = (line: string): Edit => ({ kind: 'same', line })
  return [
    ...before.slice(0, start).map(same),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ]
}

function shortest(before: readonly string[], after: readonly string[]): Edit[] {
  const [n, m] = [before.length, after.length]
  const trace: Map<number, number>[] = []
  const furthest = new Map<number, number>([[1, 0]])
  for (let steps = 0; steps <= n + m; steps++) {
    trace.push(new Map(furthest))
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = goesDown(furthest, diagonal, steps)
        ? furthest.get(diagonal + 1)!
        : furthest.get(diagonal - 1)! + 1
      while (x < n && x - diagonal < m && before[x] === after[x - diagonal]) x++
      furthest.set(diagonal, x)
      if (x >= n && x - diagonal >= m) return backtrack(before, after, trace)
    }
  }
  return []
}

const goesDown = (furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): boolean =>
  diagonal === -steps ||
  (diagonal !== steps && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1))

function backtrack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): Edit[] {
  const edits: Edit[] = []
  let [x, y] = [before.length, after.length]
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const furthest = trace[steps]!
    const diagonal = x - y
    const previous = goesDown(furthest, diagonal, steps) ? diagonal + 1 : diagonal - 1
    const previousX = furthest.get(previous) ?? 0
    const previousY = previousX - previous
    while (x > previousX && y > previousY && x > 0 && y > 0) {
      edits.push({ kind: 'same', line: before[--x]! })
      y--
    }
    if (steps === 0) break
    if (x === previousX) edits.push({ kind: 'insert', line: after[--y]! })
    else edits.push({ kind: 'delete', line: before[--x]! })
  }
  return edits.reverse()
}
