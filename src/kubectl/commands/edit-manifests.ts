import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { toYaml } from '../printers/yaml.ts'
import { decodeDocument, infoFor, type Info } from '../resources/manifests.ts'
import { launchEditor } from './editor.ts'

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

/** `create --edit`: the manifests as the learner leaves them in the editor. */
export function* editManifests(context: Context, infos: readonly Info[]): Blocking<Info[]> {
  const edited: Info[] = []
  for (const info of infos) {
    const before = HEADER + toYaml(info.object)
    const { text } = yield* launchEditor(context, before, 'yaml')
    const [object] = decodeDocument(text, info.source ?? '', true)
    if (!object) throw new CommandError('Edit cancelled, saved file was empty.')
    edited.push(yield* infoFor(context, object, info.source))
  }
  return edited
}
