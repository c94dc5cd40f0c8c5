import type { Blocking } from '../../os/process.ts'
import { ALL, command, DRY_RUN, FILENAME_FLAGS, OUTPUT, PRINT_FLAGS, SELECTOR } from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, UsageError } from '../errors.ts'
import { qualifiedPlural } from '../discovery.ts'
import { goJson } from '../printers/json.ts'
import { toYaml } from '../printers/yaml.ts'
import { mustFetch, objectPath } from '../resources/builder.ts'
import { NOTHING_NAMED } from '../resources/arguments.ts'
import { readManifests, type Info } from '../resources/manifests.ts'
import { reporter } from './results.ts'
import { getIfThere, LAST_APPLIED } from './write.ts'

export const viewLastApplied = command({
  name: 'view-last-applied',
  short: 'Show what apply last applied to an object',
  usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]',
  flags: [...FILENAME_FLAGS, { ...OUTPUT, default: 'yaml', values: ['yaml', 'json'] }, SELECTOR, ALL],
  completeArgs: completeTypesAndNames,
  *run(context: Context): Blocking<void> {
    const output = context.flags.string('output')
    // With -n a type by itself selects all there is, which --all then finds said already.
    const selects = context.namespaceExplicit && context.args.length === 1 && !context.args[0]!.includes('/')
    if (selects && context.flags.boolean('all'))
      throw new CommandError("setting 'all' parameter but found a non empty selector. ")
    for (const info of yield* mustFetch(context)) {
      const text = info.object.metadata.annotations?.[LAST_APPLIED]
      if (!text)
        throw new CommandError(`no last-applied-configuration annotation found on resource: ${info.name}`)
      const object: unknown = JSON.parse(text)
      if (output === 'json') yield* context.print(`${goJson(object, { indent: 2 })}\n`)
      else if (output === 'yaml' || output === '') yield* context.print(toYaml(object))
      else
        throw new UsageError(
          `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
        )
    }
  },
})

function notFound(info: Info): StatusError {
  const message = `${qualifiedPlural(info.type)} "${info.name}" not found`
  return new StatusError({ status: 'Failure', reason: 'NotFound', code: 404, message })
}

export const setLastApplied = command({
  name: 'set-last-applied',
  short: 'Write what apply shall think it last applied',
  usage: '-f FILENAME [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    {
      name: 'create-annotation',
      type: 'boolean',
      default: false,
      help: 'Also for objects that have no such annotation.',
    },
  ],
  *run(context: Context): Blocking<void> {
    const report = reporter(context)
    if (context.flags.list('filename').length === 0) throw new CommandError(NOTHING_NAMED)
    const { infos, errors } = yield* readManifests(context)
    if (errors[0]) throw errors[0]
    for (const info of infos) {
      const current = yield* getIfThere(context, info)
      if (!current) throw notFound(info)
      if (!current.metadata.annotations?.[LAST_APPLIED] && !context.flags.boolean('create-annotation')) {
        throw new CommandError(
          `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
        )
      }
      const annotations = {
        [LAST_APPLIED]: `${goJson(info.object)}\n`,
      }
      const object =
        context.dryRun === 'client'
          ? current
          : yield* context.api.send(
              'PATCH',
              objectPath(info),
              context.writeQuery(),
              { metadata: { annotations } },
              { contentType: 'application/merge-patch+json', accept: 'application/json' },
            )
      yield* report(object, 'configured')
    }
  },
})
