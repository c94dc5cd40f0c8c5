import { ageSince } from '../../format.ts'
import type { Container, LabelSelector, PodSpec } from '../../generated/types.ts'
import type { Cell, Column } from '../../kind.ts'
import type { KubernetesObject } from '../../resource.ts'
import { formatSelector } from '../../selectors.ts'

/** A column of text shown always. */
export function column<T>(
  name: string,
  cell: (object: T, nowMs: number) => Cell,
  type: Column<T>['type'] = 'string',
): Column<T> {
  return { name, type, format: '', priority: 0, cell }
}

/** A column shown under `-o wide` only. */
export function wideColumn<T>(name: string, cell: (object: T, nowMs: number) => Cell): Column<T> {
  return { name, type: 'string', format: '', priority: 1, cell }
}

export const NAME: Column<KubernetesObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  priority: 0,
  cell: (object) => object.metadata?.name ?? '',
}

export const AGE = column<KubernetesObject>('Age', (object, nowMs) =>
  ageSince(object.metadata?.creationTimestamp, nowMs),
)

export const CREATED_AT: Column<KubernetesObject> = column(
  'Created At',
  (object) => object.metadata?.creationTimestamp ?? null,
  'date',
)

const listed = (containers: readonly Container[] | undefined, part: (container: Container) => string) =>
  (containers ?? []).map(part).join(',')

/** The two columns that every kind with a Pod template has. */
export function containerColumns<T>(spec: (object: T) => PodSpec | undefined): readonly Column<T>[] {
  return [
    wideColumn('Containers', (object) => listed(spec(object)?.containers, ({ name }) => name)),
    wideColumn('Images', (object) => listed(spec(object)?.containers, ({ image }) => image ?? '')),
  ]
}

export function selectorColumn<T>(selector: (object: T) => LabelSelector | undefined): Column<T> {
  return wideColumn('Selector', (object) => formatSelector(selector(object)))
}

/** `app=web,tier=db`, in order of keys; `<none>` when empty. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}
