import type { Column, Kind } from '../../../api/kind.ts'
import { apiVersionOf, type KubernetesObject } from '../../../api/resource.ts'
import { badRequest, StatusError } from '../../../api/status.ts'

export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** Columns of a kind that declares none. */
const DEFAULT_COLUMNS: readonly Column<KubernetesObject>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    priority: 0,
    cell: (object) => object.metadata?.name ?? '',
  },
  {
    name: 'Created At',
    type: 'date',
    format: '',
    priority: 0,
    cell: (object) => object.metadata?.creationTimestamp ?? null,
  },
]

/** What a table needs to know of a kind. */
export type Rows<T> = Pick<Kind<T & KubernetesObject>, 'columns' | 'rowOrder' | 'rowConditions'>

export const columnsOf = <T extends KubernetesObject>({ columns }: Rows<T>): readonly Column<T>[] =>
  columns.length > 0 ? columns : DEFAULT_COLUMNS

/** @throws StatusError BadRequest */
export function includeObject(text: string): IncludeObject {
  if (text === '') return 'Metadata'
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text
  throw new StatusError(badRequest(`unrecognized includeObject value: "${text}"`))
}

/**
 * A `meta.k8s.io/v1` Table: what `kubectl get` prints.
 * @param withDefinitions false for all but the first event of a watch.
 */
export function tableOf<T extends KubernetesObject>(
  kind: Rows<T>,
  objects: readonly T[],
  options: { nowMs: number; include: IncludeObject; metadata: object; withDefinitions?: boolean },
): object {
  const columns = columnsOf(kind)
  const definitions = columns.map(({ name, type, format, priority }) => ({
    name,
    type,
    format,
    description: '',
    priority,
  }))
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.withDefinitions === false ? null : definitions,
    rows: (kind.rowOrder ? [...objects].sort(kind.rowOrder) : objects).map((object) => ({
      cells: columns.map((column) => column.cell(object, options.nowMs)),
      ...conditionsOf(kind, object),
      ...(options.include === 'None'
        ? {}
        : { object: options.include === 'Object' ? object : partialMetadata(object) }),
    })),
  }
}

function conditionsOf<T extends KubernetesObject>({ rowConditions }: Rows<T>, object: T): object {
  const conditions = rowConditions?.(object)
  return conditions ? { conditions } : {}
}

export function partialMetadata(object: KubernetesObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

export const listKind = (kind: Kind) => ({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind) })
