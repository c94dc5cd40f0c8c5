import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError, PlainError, StatusError } from '../errors.ts'
import { containersOf } from './containers.ts'
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
      ({ status }) => hasEnded(status) || (status?.phase === 'Running' && isReady(status)),
      context.process.now() + context.flags.duration('pod-running-timeout'),
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

/** `debug -i`, `--attach`: waits for one container of the Pod, joins its streams or shows what it has written. */
export function* attachToDebugger(context: Context, pod: KubeObject, name: string): Blocking<void> {
  const options = yield* streamOptions(context)
  const stateOf = ({ status }: KubeObject): KubeObject | undefined =>
    [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ].find((one: KubeObject) => one.name === name)
  const hasBegun = (one: KubeObject | undefined): boolean =>
    Boolean(one?.state?.running ?? one?.state?.terminated ?? one?.lastState?.terminated)
  const begun = yield* waitForPod(context, pod, (now) => {
    const message = stateOf(now)?.state?.waiting?.message
    if (message && !context.flags.boolean('quiet')) context.warn(`container ${name}: ${message}`)
    return hasBegun(stateOf(now))
  })
  const { namespace, name: podName } = pod.metadata
  if (stateOf(begun)?.state?.terminated) return yield* printLogs(context, namespace, podName, name)
  const container = containersOf(begun).find((one) => one.name === name)!.spec
  yield* attachOrLogs(context, { namespace, name: podName }, { ...container, name }, options)
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

const hasEnded = (status: KubeObject | undefined): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed'

const isReady = (status: KubeObject): boolean =>
  (status.conditions ?? []).some((one: KubeObject) => one.type === 'Ready' && one.status === 'True')

/** Watches a Pod until `done` says so. @throws CommandError when it is deleted or the time is over */
function* waitForPod(
  context: Context,
  pod: KubeObject,
  done: (pod: KubeObject) => boolean,
  untilMs?: number,
): Blocking<KubeObject> {
  const stream = context.api.stream(
    pathOf(PODS, pod.metadata.namespace),
    watchByName(pod.metadata.name, context),
  )
  try {
    for (let event = yield* stream.event(untilMs); event; event = yield* stream.event(untilMs)) {
      if (event.type === 'DELETED') throw new CommandError(`pods "${pod.metadata.name}" not found`)
      if (event.type !== 'BOOKMARK' && event.object && done(event.object)) return event.object
    }
    throw new CommandError('timed out waiting for the condition')
  } finally {
    stream.close()
  }
}

/** The exit code of the Pod's first container that failed. */
function* exitCode(context: Context, pod: KubeObject): Blocking<number> {
  const untilMs = context.process.now() + context.flags.duration('pod-running-timeout')
  const ended = yield* waitForPod(context, pod, ({ status }) => hasEnded(status), untilMs)
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
