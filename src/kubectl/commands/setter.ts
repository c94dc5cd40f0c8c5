import { fieldsOf } from '../../api/schema.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import {
  ALL,
  command,
  DRY_RUN,
  fieldManager,
  FILENAME_FLAGS,
  PRINT_FLAGS,
  SELECTOR,
  type Command,
} from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import type { Flag } from '../flags.ts'
import { strategicPatch } from '../patch/three-way.ts'
import { fetchNamed, objectPath } from '../resources/builder.ts'
import { readManifests, type Info } from '../resources/manifests.ts'
import { UnfitError } from './pod-spec.ts'
import { reporter } from './results.ts'

interface Setter {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly short: string
  readonly examples: readonly string[]
  readonly flags?: readonly Flag[]
  /** What is said of a changed object: `image updated`. */
  readonly done: string
  /** What is said before the server's words when it refuses. */
  readonly refused?: string
  /** Splits the arguments into names of objects and changes. @throws CommandError for too few of them */
  split(context: Context): { resources: readonly string[]; changes: readonly string[] }
  /** The changed object. */
  change(context: Context, object: KubeObject, changes: readonly string[]): Blocking<KubeObject> | KubeObject
  /** Shows instead of changing, when asked to. */
  list?(context: Context, infos: readonly Info[]): Blocking<boolean>
}

/** A `kubectl set WHAT` from how it changes an object. */
export function setter(one: Setter): Command {
  return command({
    name: one.name,
    ...(one.aliases ? { aliases: one.aliases } : {}),
    short: one.short,
    examples: one.examples,
    usage: '(-f FILENAME | TYPE NAME) CHANGE ... [options]',
    flags: [
      ...FILENAME_FLAGS,
      ...PRINT_FLAGS,
      DRY_RUN,
      SELECTOR,
      ALL,
      fieldManager('kubectl-set'),
      ...(one.flags ?? []),
      {
        name: 'local',
        type: 'boolean',
        default: false,
        help: 'Change the manifest and print it, without the server.',
      },
    ],
    completeArgs: completeTypesAndNames,
    run: (context) => runSetter(context, one),
  })
}

function* runSetter(context: Context, one: Setter): Blocking<void> {
  const { resources, changes } = one.split(context)
  const report = reporter(context)
  const local = context.flags.boolean('local')
  if (local && context.flags.list('filename').length === 0)
    throw new CommandError(
      "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
    )
  if (context.flags.has('list') && context.flags.boolean('list') && context.flags.string('output') !== '')
    throw new CommandError('--list and --output may not be specified together')
  const { infos, errors } = local
    ? yield* readManifests(context)
    : yield* fetchNamed(context, { args: resources, accept: 'application/json, */*' })
  throwAll(errors)
  if (one.list && (yield* one.list(context, infos))) return
  const failures: Error[] = []
  for (const info of infos) {
    try {
      const after = yield* changed(context, one, info, changes)
      const patch = strategicPatch(fieldsOf(info.type.kind) ? info.type.kind : undefined, info.object, after)
      if (Object.keys(patch).length === 0) continue
      if (local || context.dryRun === 'client') {
        yield* report(after, one.done, info.type)
        continue
      }
      const options = {
        contentType: 'application/strategic-merge-patch+json',
        accept: 'application/json, */*',
      }
      yield* report(yield* send(context, one, info, patch, options), one.done, info.type)
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof StatusError)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
}

function* changed(
  context: Context,
  one: Setter,
  info: Info,
  changes: readonly string[],
): Blocking<KubeObject> {
  try {
    const made = one.change(context, info.object, changes)
    return typeof made.next === 'function' ? yield* made as Blocking<KubeObject> : made
  } catch (error) {
    if (!(error instanceof UnfitError)) throw error
    throw new CommandError(`${info.type.plural}/${info.name} ${error.message}`)
  }
}

function* send(
  context: Context,
  one: Setter,
  info: Info,
  patch: KubeObject,
  options: { contentType: string; accept: string },
): Blocking<KubeObject> {
  try {
    return yield* context.api.send('PATCH', objectPath(info), context.writeQuery(), patch, options)
  } catch (error) {
    if (one.refused === undefined || !(error instanceof StatusError)) throw error
    throw new CommandError(`${one.refused} ${error.message}`)
  }
}
