import type { KubeObject } from '../api.ts'
import { qualifiedKind, type ResourceType } from '../discovery.ts'
import { ageSince } from '../../api/format.ts'
import { TabWriter } from './tab-writer.ts'

/** A `meta.k8s.io/v1` Table, as the server computes it. */
export interface Table {
  readonly columnDefinitions?: readonly { readonly name: string; readonly priority?: number }[]
  readonly rows?: readonly TableRow[]
}
export interface TableRow {
  readonly cells: readonly unknown[]
  readonly object?: KubeObject
}

export interface TableOptions {
  readonly wide: boolean
  readonly noHeaders: boolean
  readonly showNamespace: boolean
  /** `pod/x` instead of `x`. */
  readonly showKind: boolean
  readonly showLabels: boolean
  readonly labelColumns: readonly string[]
}

/** Prints Tables of one type after another under one header. */
export class TablePrinter {
  private readonly options: TableOptions
  private readonly writer = new TabWriter()
  private columns: readonly { readonly name: string; readonly priority?: number }[] | undefined
  private headerPrinted = false

  constructor(options: TableOptions) {
    this.options = options
  }

  /** @param event the type of a watch event, for the EVENT column */
  add(table: Table, type: ResourceType | undefined, event?: string): void {
    // Only the first event of a watch carries the columns.
    if (table.columnDefinitions?.length) this.columns = table.columnDefinitions
    if (!this.headerPrinted && !this.options.noHeaders) this.writer.row(this.header(event !== undefined))
    this.headerPrinted = true
    for (const row of table.rows ?? []) this.writer.row(this.row(row, type, event))
  }

  flush(): string {
    return this.writer.flush()
  }

  private header(withEvent: boolean): string[] {
    return [
      ...(withEvent ? ['EVENT'] : []),
      ...(this.options.showNamespace ? ['NAMESPACE'] : []),
      ...this.shown().map(({ column }) => column.name.toUpperCase()),
      ...this.options.labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
      ...(this.options.showLabels ? ['LABELS'] : []),
    ]
  }

  private row(row: TableRow, type: ResourceType | undefined, event: string | undefined): string[] {
    const metadata = row.object?.metadata ?? {}
    const labels: Record<string, string> = metadata.labels ?? {}
    return [
      ...(event !== undefined ? [event] : []),
      ...(this.options.showNamespace ? [String(metadata.namespace ?? '')] : []),
      ...this.shown().map(({ index }) => {
        const text = cellText(row.cells[index])
        return index === this.nameColumn() && this.options.showKind && type
          ? `${qualifiedKind(type)}/${text}`
          : text
      }),
      ...this.options.labelColumns.map((label) => labels[label] ?? ''),
      ...(this.options.showLabels ? [formatLabels(labels)] : []),
    ]
  }

  /** The one that says how the object is called: the kind is put before it. */
  private nameColumn(): number {
    return (this.columns ?? []).findIndex(({ name }) => name === 'Name')
  }

  private shown(): { column: { name: string }; index: number }[] {
    return (this.columns ?? [])
      .map((column, index) => ({ column, index }))
      .filter(({ column }) => this.options.wide || !column.priority)
  }
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  const text = String(cell)
  const cut = text.search(/[\f\n\r]/)
  return cut < 0 ? text : `${text.slice(0, cut)}...`
}

/** `a=1,b=2` in order of the keys, or `<none>`. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels![key]}`)
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}

/** The table that kubectl makes itself of objects for which the server made none (`--server-print=false`). */
export function plainTable(objects: readonly KubeObject[], nowMs: number): Table {
  return {
    columnDefinitions: [{ name: 'Name' }, { name: 'Age' }],
    rows: objects.map((object) => ({
      object,
      cells: [object.metadata?.name ?? '', ageSince(object.metadata?.creationTimestamp, nowMs)],
    })),
  }
}
