import type { ResourceQuota } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

function usage({ status }: ResourceQuota, limits: boolean): string {
  const hard = status?.hard ?? {}
  return Object.keys(hard)
    .sort()
    .filter((name) => name.startsWith('limits.') === limits)
    .map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${hard[name]}`)
    .join(', ')
}

/** How much a namespace may have. */
export const resourceQuota = kind<ResourceQuota>({
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  returnsDeleted: true,
  subresources: [statusOf('ResourceQuota')],
  columns: [
    NAME,
    column('Request', (object) => usage(object, false)),
    column('Limit', (object) => usage(object, true)),
    AGE,
  ],
  prepareForCreate: (object) => ({ ...object, status: {} }),
})
