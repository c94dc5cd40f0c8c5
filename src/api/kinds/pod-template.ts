import { kind } from '../kind.ts'
import type { PodTemplate } from '../generated/types.ts'

export const podTemplate = kind<PodTemplate>({
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
})
