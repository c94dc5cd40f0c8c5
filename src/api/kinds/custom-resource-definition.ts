import type { CustomResourceDefinition } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { CREATED_AT, NAME } from './shared/columns.ts'

/** A kind of one's own. It is kept, but the objects that it declares are not served. */
export const customResourceDefinition = kind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [statusOf('CustomResourceDefinition')],
  tracksGeneration: true,
  columns: [NAME, CREATED_AT],
  prepareForCreate: (object) => ({
    ...object,
    status: {
      conditions: null as never,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: null as never,
    },
  }),
  validate({ metadata, spec }, errors) {
    const name = metadata?.name ?? ''
    if (name !== `${spec?.names?.plural}.${spec?.group}`)
      errors.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')
  },
})
