import type { PodTemplate } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { column, formatLabels, NAME } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'

/** A template by itself. Stored, not acted upon. */
export const podTemplate = kind<PodTemplate>({
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
  returnsDeleted: true,
  tracksGeneration: true,
  columns: [
    NAME,
    column('Containers', ({ template }) =>
      (template?.spec?.containers ?? []).map(({ name }) => name).join(','),
    ),
    column('Images', ({ template }) =>
      (template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(','),
    ),
    column('Pod Labels', ({ template }) => formatLabels(template?.metadata?.labels)),
  ],
  defaults: (object) => ({ ...object, template: defaultPodTemplate(object.template) }),
})
