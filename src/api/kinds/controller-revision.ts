import { kind } from '../kind.ts'
import type { ControllerRevision } from '../generated/types.ts'

export const controllerRevision = kind<ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
})
