import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, DRY_RUN, fieldManager, FILENAME_FLAGS, PRINT_FLAGS } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError, PlainError, StatusError, throwAll, whileDoing } from '../errors.ts'
import { missingNamespace, objectPath } from '../resources/builder.ts'
import { readManifests, type Info } from '../resources/manifests.ts'
import { deleteAll } from './delete.ts'
import { sendRaw } from './raw.ts'
import { reporter } from './results.ts'
import { createObject, fieldValidation, getIfThere, withLastApplied } from './write.ts'

export const replace = command({
  name: 'replace',
  group: 'Advanced Commands',
  short: 'Replace an object by a manifest',
  examples: ['kubectl replace -f pod.yaml', 'kubectl replace --force -f pod.yaml'],
  usage: '-f FILENAME [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-replace'),
    { name: 'force', type: 'boolean', default: false, help: 'Delete the object and create it again.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'Remember the manifest in the annotation that apply reads.',
    },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      bare: 'background',
      help: 'How to delete dependents.',
    },
    { name: 'grace-period', type: 'integer', default: -1, help: 'Seconds an object has to end.' },
    { name: 'timeout', type: 'duration', default: 0, help: 'How long to wait for the deletion.' },
    { name: 'wait', type: 'boolean', default: false, help: 'Wait for the deletion.' },
    { name: 'subresource', type: 'string', default: '', help: 'Replace this subresource.' },
    { name: 'raw', type: 'string', default: '', help: 'PUT the manifest to this path.' },
    {
      name: 'validate',
      type: 'string',
      default: 'strict',
      bare: 'strict',
      help: 'What to do about unknown fields.',
    },
  ],
  run: runReplace,
})

function* runReplace(context: Context): Blocking<void> {
  if (context.flags.list('filename').length === 0 && context.flags.string('kustomize') === '')
    throw new CommandError('must specify one of -f and -k')
  if (context.flags.string('raw') !== '') return yield* sendRaw(context, 'PUT')
  const force = context.flags.boolean('force')
  if (force && context.dryRun !== 'none')
    throw new CommandError('--dry-run can not be used when --force is set')
  if (context.flags.integer('grace-period') >= 0 && !force)
    throw new CommandError('--grace-period must have --force specified')
  const report = reporter(context)
  const validation = fieldValidation(context)
  const { infos, errors } = yield* readManifests(context, { validate: validation !== 'Ignore' })
  if (force) yield* removeFirst(context, infos)
  for (const info of infos) {
    try {
      const result = force
        ? yield* createAgain(context, info, validation)
        : yield* replaceOne(context, info, validation)
      yield* report(result, 'replaced')
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof StatusError || error instanceof PlainError))
        throw error
      errors.push(whileDoing('replacing', info.source, error))
    }
  }
  throwAll(errors)
}

function* replaceOne(context: Context, info: Info, validation: string): Blocking<KubeObject> {
  const current = yield* getIfThere(context, info)
  const sent = context.flags.boolean('save-config') ? withLastApplied(info.object) : info.object
  // Without a version of its own the manifest replaces whatever is there now.
  const resourceVersion = sent.metadata?.resourceVersion ?? current?.metadata?.resourceVersion
  if (context.dryRun === 'client') return sent
  const object = resourceVersion ? { ...sent, metadata: { ...sent.metadata, resourceVersion } } : sent
  const path = objectPath(info, context.flags.string('subresource') || undefined)
  return yield* context.api.send('PUT', path, context.writeQuery({ fieldValidation: validation }), object, {
    accept: 'application/json',
  })
}

function* removeFirst(context: Context, infos: readonly Info[]): Blocking<void> {
  const errors: Error[] = []
  const options = {
    gracePeriodSeconds: context.flags.integer('grace-period'),
    force: true,
    cascade: context.flags.string('cascade'),
    wait: true,
    timeoutMs: context.flags.duration('timeout'),
    ignoreNotFound: true,
    quiet: false,
  }
  yield* deleteAll(context, infos, options, errors)
  throwAll(errors)
}

function* createAgain(context: Context, info: Info, validation: string): Blocking<KubeObject> {
  yield* missingNamespace(context, info)
  return yield* createObject(
    context,
    info,
    context.flags.boolean('save-config') ? withLastApplied(info.object) : info.object,
    validation,
  )
}
