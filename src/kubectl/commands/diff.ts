import { resolvePath } from '../../os/path.ts'
import type { Blocking } from '../../os/process.ts'
import { pathOf } from '../../api/resource.ts'
import type { KubeObject } from '../api.ts'
import { command, fieldManager, FILENAME_FLAGS, SELECTOR } from '../command.ts'
import type { Context } from '../context.ts'
import { klog } from '../klog.ts'
import { CommandError, StatusError, UsageError } from '../errors.ts'
import { fieldsOf } from '../../api/schema.ts'
import { withoutManagedFields } from '../printers/printer.ts'
import { toYaml } from '../printers/yaml.ts'
import { missingNamespace, objectPath } from '../resources/builder.ts'
import { readManifests, type Info } from '../resources/manifests.ts'
import { patchFor } from './apply.ts'
import { getIfThere, withoutLastApplied } from './write.ts'

export const diff = command({
  name: 'diff',
  group: 'Advanced Commands',
  short: 'Show what apply would change',
  long: 'Asks the server what the objects would be after apply, and shows the difference with diff -u -N. Exit code 1: there is a difference; more: something failed.',
  examples: ['kubectl diff -f service.yaml'],
  usage: '-f FILENAME [options]',
  flagErrorCode: 2,
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    fieldManager('kubectl-client-side-apply'),
    { name: 'server-side', type: 'boolean', default: false, help: 'As apply --server-side would.' },
    { name: 'force-conflicts', type: 'boolean', default: false, help: 'As apply --force-conflicts would.' },
    { name: 'show-managed-fields', type: 'boolean', default: false, help: 'Keep metadata.managedFields.' },
  ],
  *run(context): Blocking<number> {
    try {
      return yield* runDiff(context)
    } catch (error) {
      // A difference is exit code 1, so failures are more.
      if (error instanceof StatusError || error instanceof CommandError || error instanceof UsageError)
        throw Object.assign(error, { exitCode: 2 })
      throw error
    }
  },
})

function* runDiff(context: Context): Blocking<number> {
  if (context.args.length > 0) throw new UsageError(`Unexpected args: [${context.args.join(' ')}]`)
  if (context.flags.list('filename').length === 0 && context.flags.string('kustomize') === '')
    throw new CommandError('must specify one of -f and -k')
  const { infos, errors } = yield* readManifests(context)
  if (errors[0]) throw errors[0]
  const { files, simulation } = context.process.machine
  const folder = (name: string): string =>
    `/tmp/${name}-${simulation.random('kubectl').integer(4_000_000_000)}`
  const [live, merged] = [folder('LIVE'), folder('MERGED')]
  for (const path of [live, merged]) files.makeDirectory(path, { parents: true })
  try {
    for (const info of infos) {
      const name = [info.type.group, info.type.version, info.type.kind, info.namespace, info.name]
        .filter(Boolean)
        .join('.')
      const current = yield* getIfThere(context, info)
      if (current) files.write(`${live}/${name}`, toYaml(withoutManagedFields(current)))
      files.write(
        `${merged}/${name}`,
        toYaml(withoutManagedFields(yield* afterApply(context, info, current))),
      )
    }
    return yield* runDiffProgram(context, live, merged)
  } finally {
    for (const path of [live, merged]) files.remove(path, { recursive: true })
  }
}

/** What the server would store, by its dry run. */
function* afterApply(context: Context, info: Info, current: KubeObject | undefined): Blocking<KubeObject> {
  if (context.flags.boolean('server-side')) return yield* afterServerSideApply(context, info)
  const query = { dryRun: 'All', fieldManager: context.flags.string('field-manager') }
  if (!current) {
    yield* missingNamespace(context, info)
    return yield* context.api.send('POST', pathOf(info.type, info.namespace), query, info.object, {
      accept: 'application/json',
    })
  }
  const patch = patchFor(info, current, withoutLastApplied(info.object))
  if (Object.keys(patch).length === 0) return current
  const metadata = { ...patch.metadata, resourceVersion: current.metadata.resourceVersion }
  const contentType = fieldsOf(info.type.kind)
    ? 'application/strategic-merge-patch+json'
    : 'application/merge-patch+json'
  return yield* context.api.send(
    'PATCH',
    objectPath(info),
    query,
    { ...patch, metadata },
    {
      contentType,
      accept: 'application/json',
    },
  )
}

function* afterServerSideApply(context: Context, info: Info): Blocking<KubeObject> {
  const manager = context.flags.changed('field-manager') ? context.flags.string('field-manager') : 'kubectl'
  const force = String(context.flags.boolean('force-conflicts'))
  try {
    return yield* context.api.send(
      'PATCH',
      objectPath(info),
      { dryRun: 'All', fieldManager: manager, force },
      info.object,
      { contentType: 'application/apply-patch+yaml', accept: 'application/json' },
    )
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Conflict') {
      const { apiVersion, kind } = info.object
      const what = `Object (${apiVersion}, Kind=${kind}: ${info.name})`
      yield* context.printError(
        klog(context, 'W', 'diff.go:723', `${what} keeps changing, diffing without lock`),
      )
    }
    throw error
  }
}

function* runDiffProgram(context: Context, live: string, merged: string): Blocking<number> {
  const { process } = context
  const words = (process.env.get('KUBECTL_EXTERNAL_DIFF') ?? 'diff -u -N').split(' ')
  const executable = process.resolve(words[0]!)
  const program =
    executable === undefined ? undefined : process.machine.programAt(resolvePath(process.cwd, executable))
  if (!program)
    throw new CommandError(`failed to run ${JSON.stringify(words[0])}: executable file not found in $PATH`)
  const child = process.spawn(program, { argv: [...words, live, merged] })
  return (yield* process.waitFor(child.pid)).status.code
}
