import type { Blocking } from '../../os/process.ts'
import { command, DRY_RUN, fieldManager, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from '../command.ts'
import type { Context } from '../context.ts'
import {
  CommandError,
  ConnectionError,
  PlainError,
  StatusError,
  throwAll,
  UsageError,
  whileDoing,
} from '../errors.ts'
import { readManifests } from '../resources/manifests.ts'
import { createSubcommands } from './create/index.ts'
import { editManifests } from './edit-manifests.ts'
import { sendRaw } from './raw.ts'
import { reporter } from './results.ts'
import { createObject, fieldValidation, withLastApplied } from './write.ts'

export const create = command({
  name: 'create',
  group: 'Basic Commands (Beginner)',
  short: 'Create objects from manifests or flags',
  long: 'Creates the objects of a manifest. An object that is already there is an error; see apply for that.',
  examples: [
    'kubectl create -f pod.yaml',
    'kubectl create deployment web --image=nginx',
    'kubectl create service clusterip web --tcp=80:8080',
  ],
  usage: '-f FILENAME [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    SELECTOR,
    fieldManager('kubectl-create'),
    { name: 'edit', type: 'boolean', default: false, help: 'Edit the manifest before it is sent.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'Remember the manifest in the annotation that apply reads.',
    },
    { name: 'raw', type: 'string', default: '', help: 'POST the manifest to this path of the server.' },
    {
      name: 'validate',
      type: 'string',
      default: 'strict',
      bare: 'strict',
      values: ['strict', 'warn', 'ignore'],
      help: 'What to do about unknown fields.',
    },
    { name: 'windows-line-endings', type: 'boolean', default: false, help: 'Accepted.' },
  ],
  subcommands: createSubcommands,
  run: runCreate,
})

function* runCreate(context: Context): Blocking<void> {
  if (context.args.length > 0) throw new UsageError(`Unexpected args: [${context.args.join(' ')}]`)
  if (context.flags.list('filename').length === 0 && context.flags.string('kustomize') === '') {
    throw new CommandError('must specify one of -f and -k')
  }
  if (context.flags.string('raw') !== '') return yield* sendRaw(context, 'POST')
  const validation = fieldValidation(context)
  const report = reporter(context)
  const { infos, errors } = yield* readManifests(context, { validate: validation !== 'Ignore' })
  const edited = context.flags.boolean('edit') ? yield* editManifests(context, infos) : infos
  if (edited.length === 0 && errors.length === 0) throw new CommandError('no objects passed to create')
  for (const info of edited) {
    const object = context.flags.boolean('save-config') ? withLastApplied(info.object) : info.object
    try {
      const created =
        context.dryRun === 'client' ? object : yield* createObject(context, info, object, validation)
      yield* report(created, 'created')
    } catch (error) {
      if (!(
        error instanceof CommandError ||
        error instanceof StatusError ||
        error instanceof PlainError ||
        error instanceof ConnectionError
      ))
        throw error
      errors.push(whileDoing('creating', info.source, error))
    }
  }
  throwAll(errors)
}
