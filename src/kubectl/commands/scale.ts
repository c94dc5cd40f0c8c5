import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { ALL, command, DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from '../command.ts'
import { completeTypes } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import { fetchNamed, objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { reporter } from './results.ts'

export const scale = command({
  name: 'scale',
  group: 'Deploy Commands',
  short: 'Set how many replicas a workload has',
  examples: [
    'kubectl scale deploy/web --replicas=3',
    'kubectl scale deploy web --current-replicas=2 --replicas=3',
  ],
  usage:
    '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    SELECTOR,
    ALL,
    { name: 'replicas', type: 'integer', default: 0, required: true, help: 'How many.' },
    { name: 'current-replicas', type: 'integer', default: -1, help: 'Only if there are this many now.' },
    {
      name: 'resource-version',
      type: 'string',
      default: '',
      help: 'Only if the object is still of this version.',
    },
    {
      name: 'timeout',
      type: 'duration',
      default: 0,
      help: 'How long to wait until it is done; 0 does not wait.',
    },
  ],
  completeArgs: completeTypes(['deployment', 'replicaset', 'replicationcontroller', 'statefulset']),
  run: runScale,
})

function* runScale(context: Context): Blocking<void> {
  const replicas = context.flags.integer('replicas')
  if (replicas < 0)
    throw new CommandError(
      'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
    )
  const { infos, errors } = yield* fetchNamed(context, { asInFile: true })
  throwAll(errors)
  const report = reporter(context)
  const failures: Error[] = []
  for (const info of infos) {
    try {
      if (context.dryRun !== 'client') yield* scaleOne(context, info, replicas)
      yield* report(withReplicas(info.object, replicas), 'scaled', info.type)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof CommandError)) throw error
      failures.push(error)
    }
  }
  if (infos.length === 0) throw new CommandError('no objects passed to scale')
  throwAll(failures)
}

/** What is printed is the object as it was named, with the number asked for. */
function withReplicas(object: KubeObject, replicas: number): KubeObject {
  if (object.kind === 'Job') return object
  return { ...object, spec: { ...object.spec, replicas } }
}

function* scaleOne(context: Context, info: Info, replicas: number): Blocking<void> {
  const path = objectPath(info, 'scale')
  const expected = context.flags.integer('current-replicas')
  const version = context.flags.string('resource-version')
  const query = context.dryRun === 'server' ? { dryRun: 'All' } : {}
  if (expected < 0 && version === '') {
    yield* context.api.send(
      'PATCH',
      path,
      query,
      { spec: { replicas } },
      { contentType: 'application/merge-patch+json', accept: 'application/json, */*' },
    )
  } else {
    const current = yield* context.api.get(path, {}, 'application/json, */*')
    checkPreconditions(current, expected, version)
    yield* context.api.send(
      'PUT',
      path,
      query,
      { ...current, spec: { ...current.spec, replicas } },
      { accept: 'application/json, */*' },
    )
  }
  if (context.flags.duration('timeout') > 0)
    yield* waitForReplicas(context, info, path, context.process.now() + context.flags.duration('timeout'))
}

function checkPreconditions(current: KubeObject, expected: number, version: string): void {
  const replicas = current.spec?.replicas ?? 0
  if (expected >= 0 && replicas !== expected)
    throw new CommandError(`Expected replicas to be ${expected}, was ${replicas}`)
  const have = current.metadata.resourceVersion
  if (version !== '' && have !== version)
    throw new CommandError(`Expected resource version to be ${version}, was ${have}`)
}

function* waitForReplicas(context: Context, info: Info, path: string, untilMs: number): Blocking<void> {
  for (;;) {
    const current = yield* context.api.get(path, {}, 'application/json, */*')
    if ((current.status?.replicas ?? 0) === (current.spec?.replicas ?? 0)) return
    if (context.process.now() >= untilMs)
      throw new CommandError(`timed out waiting for "${info.name}" to be synced`)
    yield* context.process.sleep(1000)
  }
}
