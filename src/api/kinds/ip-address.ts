import type { IPAddress } from '../generated/types.ts'
import { isIP } from '../ip.ts'
import { kind } from '../kind.ts'
import { column, NAME } from './shared/columns.ts'

function parentCell({ spec }: IPAddress): string {
  const { group, resource, namespace, name } = spec?.parentRef ?? { resource: '', name: '' }
  const kindName = group ? `${resource}.${group}` : resource
  return [kindName, ...(namespace ? [namespace] : []), name].join('/')
}

/** An address of a ServiceCIDR that is taken, and by whom. */
export const ipAddress = kind<IPAddress>({
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  columns: [NAME, column('ParentRef', parentCell)],
  validateName: (name) =>
    isIP(name) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  validate({ spec }, errors) {
    const parent = spec?.parentRef
    if (!parent) errors.required('spec.parentRef')
    else if (!parent.resource) errors.required('spec.parentRef.resource')
    else if (!parent.name) errors.required('spec.parentRef.name')
  },
})
