import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, whileDoing } from '../errors.ts'
import { objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'

const CONFLICT_ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

/** `apply --server-side`: the server merges by field ownership. */
export function* applyServerSide(
  context: Context,
  info: Info,
  validation: string,
): Blocking<{ object: KubeObject; operation: string }> {
  const manager = context.flags.changed('field-manager') ? context.flags.string('field-manager') : 'kubectl'
  const query = {
    ...context.writeQuery({ fieldValidation: validation }),
    fieldManager: manager,
    force: String(context.flags.boolean('force-conflicts')),
  }
  try {
    const object = yield* context.api.send('PATCH', objectPath(info), query, info.object, {
      contentType: 'application/apply-patch+yaml',
      accept: 'application/json',
    })
    return { object, operation: 'serverside-applied' }
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Conflict')
      throw new CommandError(`${error.message}\n${CONFLICT_ADVICE}`)
    throw whileDoing('patching', info.source, error)
  }
}
