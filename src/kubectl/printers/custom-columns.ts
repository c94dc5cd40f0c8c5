import type { KubeObject } from '../api.ts'
import { CommandError, PrintError } from '../errors.ts'
import { goValue } from './go-format.ts'
import { parseJsonPath } from './jsonpath-parse.ts'
import { findJsonPath, relaxedPath } from './jsonpath.ts'
import { TabWriter } from './tab-writer.ts'

interface Column {
  readonly header: string
  readonly path: string
}

/** `-o custom-columns=NAME:.metadata.name,...`. @throws CommandError for a malformed specification */
export function parseColumns(specification: string): readonly Column[] {
  if (specification === '')
    throw new CommandError('custom-columns format specified but no custom columns given')
  return specification.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0)
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), path: relaxedPath(part.slice(colon + 1)) }
  })
}

/** Two lines of words, headers above paths: `-o custom-columns-file`. */
export function parseColumnsFile(text: string): readonly Column[] {
  const [headers, paths] = text.split('\n').map((line) => line.trim().split(/\s+/))
  if (!headers || !paths || headers.length !== paths.length) {
    throw new CommandError(
      `number of headers (${headers?.length ?? 0}) and field specifications (${paths?.length ?? 0}) don't match`,
    )
  }
  return headers.map((header, i) => ({ header, path: relaxedPath(paths[i]!) }))
}

export class ColumnsPrinter {
  private readonly columns: readonly Column[]
  private readonly writer = new TabWriter()

  constructor(columns: readonly Column[], noHeaders: boolean) {
    this.columns = columns
    if (!noHeaders) this.writer.row(columns.map((column) => column.header))
  }

  /** @throws PrintError for a path that cannot be read, with the headers above it */
  add(objects: readonly KubeObject[]): void {
    try {
      for (const { path } of this.columns) parseJsonPath(path)
      for (const object of objects) this.writer.row(this.columns.map((column) => cell(column.path, object)))
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      throw new PrintError(error.message, this.writer.flush())
    }
  }

  flush(): string {
    return this.writer.flush()
  }
}

function cell(path: string, object: KubeObject): string {
  if (path === '') return '<none>'
  const values = findJsonPath(path, object)
  return values.length === 0 ? '<none>' : values.map(goValue).join(',')
}
