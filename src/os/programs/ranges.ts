/** A list such as `1,3-5,7-` as pairs of first and last, sorted; undefined when it is none. */
export function parseRanges(list: string): (readonly [number, number])[] | undefined {
  const ranges: (readonly [number, number])[] = []
  for (const part of list.split(/[,\s]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part)
    if (!match || part === '' || part === '-') return undefined
    const first = match[1] === '' ? 1 : Number(match[1])
    const last = match[2] === '' ? first : match[3] === '' ? Infinity : Number(match[3])
    if (first < 1 || last < first) return undefined
    ranges.push([first, last])
  }
  return ranges.sort((a, b) => a[0] - b[0])
}

export function inRanges(ranges: readonly (readonly [number, number])[], position: number): boolean {
  return ranges.some(([first, last]) => position >= first && position <= last)
}
