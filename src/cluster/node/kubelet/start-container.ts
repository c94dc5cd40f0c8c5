import type { Container as ContainerSpec } from '../../../api/generated/types.ts'
import { quantityValue } from '../../../api/quantity.ts'
import type { Blocking } from '../../../os/index.ts'
import { ExecutableError } from '../container-runtime/index.ts'
import { formatGoDuration } from './backoff.ts'
import type { ContainerRecord } from './container-record.ts'
import { ConfigError, containerEnvironment, expand } from './environment.ts'
import { runHandler } from './handlers.ts'
import { LATENCIES } from './latencies.ts'
import { hostnameOf, hostsFile, resolvConf } from './pod-files.ts'
import type { PodState } from './pod-state.ts'
import { VolumeError } from './volumes.ts'

export type StartOutcome =
  | { readonly kind: 'started' }
  /** To be tried again after `retryMs`. */
  | { readonly kind: 'failed'; readonly retryMs: number }

/** A hook that has no time-out of its own. */
const NO_TIMEOUT_MS = 3_600_000

/**
 * Starts a container for the first time or again: back-off, image, configuration, create, start, postStart. Each way
 * to fail leaves its reason in the record and an Event.
 */
export function* startContainer(
  state: PodState,
  record: ContainerRecord,
  syncBackoffMs: () => number,
): Blocking<StartOutcome> {
  const { node, events } = state
  const waitingMs = restartBackoff(state, record)
  if (waitingMs > 0) return { kind: 'failed', retryMs: waitingMs * node.jitter() }

  const image = yield* node.images.ensure(state.pod, record, events)
  if (!('image' in image)) {
    fail(state, record, image.reason, image.message, `Error: ${image.reason}`)
    return { kind: 'failed', retryMs: syncBackoffMs() }
  }
  let config: ReturnType<typeof configure>
  try {
    config = configure(state, record)
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof VolumeError)) throw error
    fail(state, record, 'CreateContainerConfigError', error.message, `Error: ${error.message}`)
    return { kind: 'failed', retryMs: syncBackoffMs() }
  }

  yield* state.delay(LATENCIES.containerCreation)
  if (record.previous) node.runtime.removeContainer(record.previous)
  record.previous = record.current
  const attempt = record.current ? record.restartCount + 1 : record.restartCount
  record.current = node.runtime.createContainer(state.sandbox!, { ...config, image: image.image, attempt })
  record.restartCount = attempt
  record.unhealthy = undefined
  events.normal('Created', 'Container created', record)

  yield* state.delay(LATENCIES.containerStart)
  try {
    record.current.start()
  } catch (error) {
    if (!(error instanceof ExecutableError)) throw error
    fail(state, record, 'RunContainerError', error.message, `Error: ${error.message}`)
    return { kind: 'failed', retryMs: node.untilRelist() }
  }
  record.waiting = undefined
  record.started = !record.spec.startupProbe
  record.ready = !record.spec.readinessProbe
  events.normal('Started', 'Container started', record)
  return { kind: 'started' }
}

/** How long a container that has ended must still wait; counts the next attempt when it need not. */
function restartBackoff(state: PodState, record: ContainerRecord): number {
  const { node, events } = state
  const { current, spec } = record
  if (current?.state !== 'exited') return 0
  const key = `${state.pod.metadata?.uid}/${spec.name}`
  const sinceMs = current.finishedMs!
  const remainingMs = node.restarts.remainingMs(key, sinceMs, node.simulation.nowMs)
  if (remainingMs === 0) {
    node.restarts.next(key, sinceMs, node.simulation.nowMs)
    return 0
  }
  events.warning(
    'BackOff',
    `Back-off restarting failed container ${spec.name} in pod ${state.fullName}`,
    record,
  )
  const duration = formatGoDuration(node.restarts.durationMs(key))
  record.waiting = {
    reason: 'CrashLoopBackOff',
    message: `back-off ${duration} restarting failed container=${spec.name} pod=${state.fullName}`,
  }
  return remainingMs
}

function fail(
  state: PodState,
  record: ContainerRecord,
  reason: string,
  message: string,
  event: string,
): void {
  record.waiting = { reason, message }
  state.events.warning('Failed', event, record)
}

/** @throws ConfigError, VolumeError */
function configure(state: PodState, { spec }: ContainerRecord) {
  const { node, pod } = state
  const namespace = pod.metadata?.namespace ?? ''
  const env = containerEnvironment(spec, {
    pod,
    podIP: state.podIP ?? '',
    hostIP: node.address,
    services: node.services.list(),
    allocatable: node.allocatable,
    configMap: (name) => node.configMaps.get(namespace, name),
    secret: (name) => node.secrets.get(namespace, name),
  })
  const expanded = (words: readonly string[] | undefined) =>
    words?.map((word) => expand(word, (name) => env.get(name)))
  const command = expanded(spec.command)
  const args = expanded(spec.args)
  const hostname = hostnameOf(pod, node.nodeName)
  return {
    name: spec.name,
    ...(command && { command }),
    ...(args && { args }),
    env,
    ...(spec.workingDir && { workingDir: spec.workingDir }),
    ...stopSignalOf(spec),
    ...memoryLimitOf(spec),
    mounts: state.volumes.mounts(spec.volumeMounts ?? [], env),
    files: {
      '/etc/hostname': `${hostname}\n`,
      '/etc/hosts': hostsFile(pod, state.podIP ?? '', hostname, node.dns, nodeFile(state, '/etc/hosts')),
      '/etc/resolv.conf': resolvConf(pod, node.dns, nodeFile(state, '/etc/resolv.conf')),
      '/dev/termination-log': '',
    },
    tty: spec.tty ?? false,
    stdin: spec.stdin ?? false,
    stdinOnce: spec.stdinOnce ?? false,
  }
}

const stopSignalOf = ({ lifecycle }: ContainerSpec) =>
  lifecycle?.stopSignal ? { stopSignal: lifecycle.stopSignal as 'SIGTERM' } : {}

const memoryLimitOf = ({ resources }: ContainerSpec) =>
  resources?.limits?.memory ? { memoryBytes: quantityValue(resources.limits.memory) } : {}

const nodeFile = ({ node }: PodState, path: string) =>
  node.files.stat(path)?.type === 'file' ? node.files.read(path) : ''

/** @returns whether the container may go on: a postStart hook that fails takes it down */
export function* postStart(state: PodState, record: ContainerRecord): Blocking<boolean> {
  const hook = record.spec.lifecycle?.postStart
  if (!hook) return true
  const { result } = yield* runHandler(hook, state, record, NO_TIMEOUT_MS)
  if (result === 'success') return true
  state.events.warning('FailedPostStartHook', 'PostStartHook failed', record)
  return false
}
