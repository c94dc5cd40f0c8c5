import type { ControllerRevision } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { equal } from '../objects.ts'
import { AGE, column, NAME } from './shared/columns.ts'

function controllerCell({ metadata }: ControllerRevision): string {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller)
  if (!owner) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

/** A state that a StatefulSet or DaemonSet can go back to. */
export const controllerRevision = kind<ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  columns: [NAME, column('Controller', controllerCell), column('Revision', ({ revision }) => revision), AGE],
  validateUpdate(next, old, errors) {
    if (!equal(next.data, old.data)) errors.invalid('data', null, 'field is immutable')
  },
})
