import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, FILENAME_FLAGS, SELECTOR } from '../command.ts'
import { completeTypes } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { kindWithGroup } from '../discovery.ts'
import { CommandError, throwAll } from '../errors.ts'
import { fetchNamed } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { watchByName } from './delete.ts'

export const status = command({
  name: 'status',
  short: 'Follow a rollout to its end',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    {
      name: 'watch',
      short: 'w',
      type: 'boolean',
      default: true,
      help: 'Follow it, instead of saying how it stands.',
    },
    { name: 'timeout', type: 'duration', default: 0, help: 'How long to follow it; 0 is to the end.' },
    { name: 'revision', type: 'integer', default: 0, help: 'End when another revision takes its place.' },
  ],
  completeArgs: completeTypes(['deployment', 'daemonset', 'statefulset']),
  *run(context): Blocking<void> {
    if (context.args.length === 0 && context.flags.list('filename').length === 0)
      throw new CommandError('required resource not specified')
    const { infos, errors } = yield* fetchNamed(context, { bareTypes: true, accept: 'application/json, */*' })
    throwAll(errors)
    if (infos.length === 0)
      return yield* context.printError(`No resources found in ${context.namespace} namespace.\n`)
    for (const info of infos) yield* follow(context, info)
  },
})

interface Progress {
  readonly message: string
  readonly done: boolean
}

function* follow(context: Context, info: Info): Blocking<void> {
  const viewer = VIEWERS[info.type.kind]
  if (!viewer) throw new CommandError(`no status viewer has been implemented for ${kindWithGroup(info.type)}`)
  const timeout = context.flags.duration('timeout')
  const untilMs = timeout > 0 ? context.process.now() + timeout : Infinity
  const stream = context.api.stream(
    pathOf(info.type, info.namespace),
    watchByName(info.name, context),
    'application/json',
  )
  try {
    for (let event = yield* stream.event(untilMs); event; event = yield* stream.event(untilMs)) {
      if (event.type === 'BOOKMARK') continue
      if (event.type === 'DELETED') throw new CommandError('object has been deleted')
      const { message, done } = viewer(event.object, context.flags.integer('revision'))
      yield* context.print(message)
      if (done || !context.flags.boolean('watch')) return
    }
  } finally {
    stream.close()
  }
  throw new CommandError('timed out waiting for the condition')
}

const REVISION = 'deployment.kubernetes.io/revision'

const VIEWERS: Readonly<Record<string, (object: KubeObject, revision: number) => Progress>> = {
  Deployment(object, revision) {
    const { metadata, spec, status = {} } = object
    if (revision > 0 && Number(metadata.annotations?.[REVISION]) !== revision) {
      throw new CommandError(
        `desired revision (${revision}) is different from the running revision (${metadata.annotations?.[REVISION]})`,
      )
    }
    if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
      return waiting('Waiting for deployment spec update to be observed...\n')
    const progressing = ((status.conditions ?? []) as KubeObject[]).find((one) => one.type === 'Progressing')
    if (progressing?.reason === 'ProgressDeadlineExceeded')
      throw new CommandError(`deployment "${metadata.name}" exceeded its progress deadline`)
    const [updated, total, available] = [
      status.updatedReplicas ?? 0,
      status.replicas ?? 0,
      status.availableReplicas ?? 0,
    ]
    const head = `Waiting for deployment "${metadata.name}" rollout to finish:`
    if (spec.replicas !== undefined && updated < spec.replicas)
      return waiting(`${head} ${updated} out of ${spec.replicas} new replicas have been updated...\n`)
    if (total > updated)
      return waiting(`${head} ${total - updated} old replicas are pending termination...\n`)
    if (available < updated)
      return waiting(`${head} ${available} of ${updated} updated replicas are available...\n`)
    return { message: `deployment "${metadata.name}" successfully rolled out\n`, done: true }
  },
  DaemonSet(object) {
    const { metadata, spec, status = {} } = object
    if (spec.updateStrategy?.type !== 'RollingUpdate')
      throw new CommandError(`rollout status is only available for RollingUpdate strategy type`)
    if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
      return waiting('Waiting for daemon set spec update to be observed...\n')
    const [desired, updated, available] = [
      status.desiredNumberScheduled ?? 0,
      status.updatedNumberScheduled ?? 0,
      status.numberAvailable ?? 0,
    ]
    const head = `Waiting for daemon set "${metadata.name}" rollout to finish:`
    if (updated < desired)
      return waiting(`${head} ${updated} out of ${desired} new pods have been updated...\n`)
    if (available < desired)
      return waiting(`${head} ${available} of ${desired} updated pods are available...\n`)
    return { message: `daemon set "${metadata.name}" successfully rolled out\n`, done: true }
  },
  StatefulSet(object) {
    const { metadata, spec, status = {} } = object
    if (spec.updateStrategy?.type !== 'RollingUpdate')
      throw new CommandError(`rollout status is only available for RollingUpdate strategy type`)
    if (!status.observedGeneration || metadata.generation > status.observedGeneration)
      return waiting('Waiting for statefulset spec update to be observed...\n')
    const [ready, updated] = [status.readyReplicas ?? 0, status.updatedReplicas ?? 0]
    if (spec.replicas !== undefined && ready < spec.replicas)
      return waiting(`Waiting for ${spec.replicas - ready} pods to be ready...\n`)
    const partition = spec.updateStrategy.rollingUpdate?.partition
    if (partition !== undefined && partition !== null) {
      const wanted = spec.replicas - partition
      if (updated < wanted)
        return waiting(
          `Waiting for partitioned roll out to finish: ${updated} out of ${wanted} new pods have been updated...\n`,
        )
      return {
        message: `partitioned roll out complete: ${updated} new pods have been updated...\n`,
        done: true,
      }
    }
    if (status.updateRevision !== status.currentRevision) {
      return waiting(
        `waiting for statefulset rolling update to complete ${updated} pods at revision ${status.updateRevision}...\n`,
      )
    }
    return {
      message: `statefulset rolling update complete ${status.currentReplicas ?? 0} pods at revision ${status.currentRevision}...\n`,
      done: true,
    }
  },
}

function waiting(message: string): Progress {
  return { message, done: false }
}
