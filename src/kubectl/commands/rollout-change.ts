import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, fieldManager, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR, type Command } from '../command.ts'
import { completeTypes } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { qualifiedPlural } from '../discovery.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import { formatTimestamp } from '../../encoding/time.ts'
import { fetchNamed, objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { reporter } from './results.ts'

/** Commands that send one patch to a workload. */
function patching(
  name: string,
  short: string,
  kinds: readonly string[],
  patchFor: (context: Context, info: Info) => KubeObject,
  done: string,
): Command {
  return command({
    name,
    short,
    usage: 'RESOURCE [options]',
    flags: [...FILENAME_FLAGS, ...PRINT_FLAGS, SELECTOR, fieldManager('kubectl-rollout')],
    completeArgs: completeTypes(kinds),
    *run(context): Blocking<void> {
      if (context.args.length === 0 && context.flags.list('filename').length === 0)
        throw new CommandError('required resource not specified')
      const report = reporter(context, { alone: true })
      const { infos, errors } = yield* fetchNamed(context, {
        bareTypes: true,
        accept: 'application/json, */*',
      })
      throwAll(errors)
      const failures: Error[] = []
      for (const info of infos) {
        try {
          const options = {
            contentType: 'application/strategic-merge-patch+json',
            accept: 'application/json, */*',
          }
          yield* report(
            yield* context.api.send(
              'PATCH',
              objectPath(info),
              context.writeQuery(),
              patchFor(context, info),
              options,
            ),
            done,
            info.type,
          )
        } catch (error) {
          if (!(error instanceof CommandError || error instanceof StatusError)) throw error
          failures.push(error)
        }
      }
      throwAll(failures)
    },
  })
}

function checkDeployment(info: Info, verb: string): void {
  if (info.type.kind !== 'Deployment')
    throw new CommandError(`${qualifiedPlural(info.type)} "${info.name}" ${verb} is not supported`)
}

export const restart = patching(
  'restart',
  'Replace the Pods of a workload one after another',
  ['deployment', 'daemonset', 'statefulset'],
  (context, info) => {
    if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(info.type.kind))
      throw new CommandError(`${qualifiedPlural(info.type)} "${info.name}" restarting is not supported`)
    if (info.object.spec.paused)
      throw new CommandError(
        `${qualifiedPlural(info.type)} "${info.name}" can't restart paused deployment (run rollout resume first)`,
      )
    const restartedAt = formatTimestamp(context.process.now())
    return {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } },
    }
  },
  'restarted',
)

export const pause = patching(
  'pause',
  'Hold the rollouts of a Deployment',
  ['deployment'],
  (_, info) => {
    checkDeployment(info, 'pausing')
    if (info.object.spec.paused)
      throw new CommandError(`${qualifiedPlural(info.type)} "${info.name}" is already paused`)
    return { spec: { paused: true } }
  },
  'paused',
)

export const resume = patching(
  'resume',
  'Let the rollouts of a Deployment go on',
  ['deployment'],
  (_, info) => {
    checkDeployment(info, 'resuming')
    if (!info.object.spec.paused)
      throw new CommandError(`${qualifiedPlural(info.type)} "${info.name}" is not paused`)
    return { spec: { paused: null } }
  },
  'resumed',
)
