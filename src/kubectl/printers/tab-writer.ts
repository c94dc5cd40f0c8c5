/** Columns as Go's tabwriter lays them out: a cell is as wide as the widest of its column plus padding, the last is free. */
export class TabWriter {
  private readonly minWidth: number
  private readonly padding: number
  private rows: (readonly string[])[] = []
  private widths: number[] = []

  /** kubectl's tables: at least 6 wide, 3 apart. */
  constructor(minWidth = 6, padding = 3) {
    this.minWidth = minWidth
    this.padding = padding
  }

  row(cells: readonly string[]): void {
    this.rows.push(cells)
  }

  get empty(): boolean {
    return this.rows.length === 0
  }

  /** The rows since the last flush. Columns keep the width they once had, so that rows of a watch stay aligned. */
  flush(): string {
    for (const row of this.rows) {
      row.slice(0, -1).forEach((cell, i) => {
        this.widths[i] = Math.max(this.widths[i] ?? 0, this.minWidth, displayWidth(cell) + this.padding)
      })
    }
    const lines = this.rows.map((row) =>
      row
        .map((cell, i) =>
          i === row.length - 1 ? cell : cell + ' '.repeat(this.widths[i]! - displayWidth(cell)),
        )
        .join(''),
    )
    this.rows = []
    return lines.map((line) => `${line}\n`).join('')
  }
}

function displayWidth(text: string): number {
  return [...text].length
}

/** Lines of tab-ended cells as Go's tabwriter aligns them block by block: a line without a column ends that column's block. */
export function alignTabs(text: string, minWidth: number, padding: number): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths = lines.map((cells) => cells.map(() => 0))
  const columns = Math.max(...lines.map((cells) => cells.length - 1), 0)
  for (let column = 0; column < columns; column++) {
    for (let start = 0; start < lines.length; start++) {
      if (lines[start]!.length - 1 <= column) continue
      let end = start
      let width = minWidth
      for (; end < lines.length && lines[end]!.length - 1 > column; end++) {
        width = Math.max(width, displayWidth(lines[end]![column]!) + padding)
      }
      // Like DiscardEmptyColumns unset: a column of empty cells still has its width.
      for (let i = start; i < end; i++) widths[i]![column] = width
      start = end
    }
  }
  return lines
    .map((cells, i) =>
      cells
        .map((cell, j) =>
          j === cells.length - 1 ? cell : cell + ' '.repeat(widths[i]![j]! - displayWidth(cell)),
        )
        .join(''),
    )
    .join('\n')
}
