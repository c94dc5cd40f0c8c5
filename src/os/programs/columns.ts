/** Names in columns filled downwards, as ls(1) prints to a terminal of that width. */
export function inColumns(names: readonly string[], width: number): string {
  if (names.length === 0) return ''
  for (let rows = 1; rows < names.length; rows++) {
    const columns = Math.ceil(names.length / rows)
    const widths = Array.from({ length: columns }, (_, column) =>
      Math.max(...names.slice(column * rows, (column + 1) * rows).map((name) => name.length)),
    )
    const total = widths.reduce((sum, each) => sum + each, 0) + 2 * (columns - 1)
    if (total > width) continue
    return Array.from({ length: rows }, (_, row) => {
      const cells = widths.flatMap((each, column) => {
        const name = names[column * rows + row]
        return name === undefined ? [] : [name.padEnd(each)]
      })
      return `${cells.join('  ').trimEnd()}\n`
    }).join('')
  }
  return names.map((name) => `${name}\n`).join('')
}

/** A table whose columns are as wide as their widest cell; `right` lists those flushed right. */
export function table(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  gap = ' ',
): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => {
        if (right.includes(index)) return cell.padStart(widths[index]!)
        return index === row.length - 1 ? cell : cell.padEnd(widths[index]!)
      })
      return `${cells.join(gap)}\n`
    })
    .join('')
}
