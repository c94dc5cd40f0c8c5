import { intersection, pathsOf, type FieldSet } from './field-set.ts'
import type { Managed, Manager } from './managed-fields.ts'

/** Fields that somebody else manages and the apply would change. */
export interface Conflict {
  /** As messages name it: `"kubectl-create" using v1`. */
  readonly manager: string
  readonly paths: readonly string[]
}

export function conflictsOf(others: readonly Managed[], changed: FieldSet | undefined): readonly Conflict[] {
  return others
    .flatMap((other) => {
      const fields = intersection(other.fields, changed)
      return fields ? [{ manager: named(other), paths: pathsOf(fields) }] : []
    })
    .sort((a, b) => (a.manager < b.manager ? -1 : 1))
}

function named({ manager, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`
  return `${JSON.stringify(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
