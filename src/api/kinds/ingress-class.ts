import type { IngressClass } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** Which controller serves an Ingress. */
export const ingressClass = kind<IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  tracksGeneration: true,
  columns: [
    NAME,
    column('Controller', ({ spec }) => spec?.controller ?? ''),
    column('Parameters', ({ spec }) => {
      const parameters = spec?.parameters
      if (!parameters) return '<none>'
      const kindName = parameters.apiGroup ? `${parameters.kind}.${parameters.apiGroup}` : parameters.kind
      return `${kindName}/${parameters.name}`
    }),
    AGE,
  ],
})
