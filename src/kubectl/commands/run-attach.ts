import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError, PlainError, StatusError } from '../errors.ts'
import { watchByName } from './delete.ts'
import { attachTo, PODS, streamOptions } from './exec.ts'

/** `run -i`, `--attach`: waits for the Pod to run, joins its streams, and with --rm deletes it. */
export function* attachToRun(context: Context, pod: KubeObject): Blocking<number> {
  const { namespace, name } = pod.metadata
  const options = yield* streamOptions(context)
  try {
    const running = yield* waitForPod(
      context,
      pod,
      (phase, ready) => phase === 'Succeeded' || phase === 'Failed' || (phase === 'Running' && ready),
    )
    const container = running.spec.containers[0]
    // What was written before the streams are joined comes from the log.
    yield* printLogs(context, namespace, name, container.name)
    yield* attachOrLogs(context, { namespace, name }, container, options)
    return context.flags.string('restart') === 'Never' ? yield* exitCode(context, pod) : 0
  } finally {
    if (context.flags.boolean('rm')) yield* remove(context, namespace, name)
  }
}

function* attachOrLogs(
  context: Context,
  pod: { namespace: string; name: string },
  container: KubeObject,
  options: { stdin: boolean; tty: boolean },
): Blocking<void> {
  try {
    yield* attachTo(context, pod, container, options)
  } catch (error) {
    if (error instanceof PlainError) return
    if (!(error instanceof CommandError)) throw error
    yield* context.printError(
      `warning: couldn't attach to pod/${pod.name}, falling back to streaming logs: ${error.message}\n`,
    )
    yield* printLogs(context, pod.namespace, pod.name, container.name)
  }
}

function* printLogs(context: Context, namespace: string, name: string, container: string): Blocking<void> {
  const answer = yield* context.api.get<unknown>(
    pathOf(PODS, namespace, name, 'log'),
    { container },
    'application/json, */*',
  )
  yield* context.print(String(answer ?? ''))
}

/** Watches a Pod until `done` says so. @throws CommandError when it is deleted or the time is over */
function* waitForPod(
  context: Context,
  pod: KubeObject,
  done: (phase: string, ready: boolean) => boolean,
): Blocking<KubeObject> {
  const untilMs = context.process.now() + context.flags.duration('pod-running-timeout')
  const stream = context.api.stream(
    pathOf(PODS, pod.metadata.namespace),
    watchByName(pod.metadata.name, context),
  )
  try {
    for (let event = yield* stream.event(untilMs); event; event = yield* stream.event(untilMs)) {
      if (event.type === 'DELETED') throw new CommandError(`pods "${pod.metadata.name}" not found`)
      const ready = (event.object?.status?.conditions ?? []).some(
        (one: KubeObject) => one.type === 'Ready' && one.status === 'True',
      )
      if (event.type !== 'BOOKMARK' && done(String(event.object?.status?.phase), ready)) return event.object
    }
    throw new CommandError('timed out waiting for the condition')
  } finally {
    stream.close()
  }
}

/** The exit code of the Pod's first container that failed. */
function* exitCode(context: Context, pod: KubeObject): Blocking<number> {
  const ended = yield* waitForPod(context, pod, (phase) => phase === 'Succeeded' || phase === 'Failed')
  if (ended.status.phase === 'Succeeded') return 0
  const state = (ended.status.containerStatuses ?? [])
    .map((one: KubeObject) => one.state?.terminated)
    .find((one: KubeObject) => one && one.exitCode !== 0)
  yield* context.printError(
    `pod ${pod.metadata.namespace}/${pod.metadata.name} terminated (${state?.reason ?? 'Error'})\n`,
  )
  return Number(state?.exitCode ?? 1)
}

function* remove(context: Context, namespace: string, name: string): Blocking<void> {
  try {
    yield* context.api.get(pathOf(PODS, namespace, name), {}, 'application/json, */*')
    yield* context.api.send(
      'DELETE',
      pathOf(PODS, namespace, name),
      {},
      { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
      { accept: 'application/json, */*' },
    )
    yield* context.printLine(`pod "${name}" deleted from ${namespace} namespace`)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
  }
}
