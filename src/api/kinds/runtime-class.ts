import type { RuntimeClass } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** Another container runtime of the nodes. They have but one here. */
export const runtimeClass = kind<RuntimeClass>({
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  columns: [NAME, column('Handler', ({ handler }) => handler), AGE],
  validateUpdate(next, old, errors) {
    if (next.handler !== old.handler) errors.invalid('handler', next.handler, 'field is immutable')
  },
})
