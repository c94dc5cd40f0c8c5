import type { Blocking } from '../../../os/index.ts'
import type { HostPort, SandboxConfig } from '../container-runtime/index.ts'
import {
  isInitialized,
  isRunning,
  isSidecar,
  shouldRestart,
  type ContainerRecord,
} from './container-record.ts'
import { LATENCIES, SYNC_BACKOFF_MS } from './latencies.ts'
import { hostnameOf } from './pod-files.ts'
import { phaseOf } from './pod-status.ts'
import type { PodState } from './pod-state.ts'
import type { Prober } from './prober.ts'
import { postStart, startContainer } from './start-container.ts'
import { stopContainer } from './stop-container.ts'
import { mintToken } from './service-account-token.ts'
import { referencesOf, type VolumeSources } from './volumes.ts'

/** What a sync has come to. */
export interface SyncOutcome {
  /** Something was started or stopped: the status is to be told soon. */
  readonly changed: boolean
  /** Something failed: try again after this. */
  readonly retryMs?: number
  /** Every container has ended for good. */
  readonly terminal?: boolean
  /** The sandbox is new, and something in it failed: the runtime's first event brings the next sync. */
  readonly newSandbox?: boolean
}

/** One step of a Pod towards what its spec says. Begins with telling what is; each sync reports what the one before did. */
export function* syncPod(state: PodState, prober: Prober, mountAttempt: number): Blocking<SyncOutcome> {
  state.publish()
  const phase = phaseOf(state.statusInput())
  if (phase === 'Succeeded' || phase === 'Failed') return { changed: false, terminal: true }

  const mountRetryMs = yield* mountVolumes(state, mountAttempt)
  if (mountRetryMs !== undefined) return { changed: false, retryMs: mountRetryMs }

  const newSandbox = !state.sandbox
  if (!state.sandbox) {
    yield* state.delay(LATENCIES.sandboxCreation)
    state.sandbox = state.node.runtime.runSandbox(sandboxConfig(state))
    if (!state.sandbox) {
      state.events.warning('FailedCreatePodSandBox', NO_ADDRESS)
      return { changed: false, retryMs: SYNC_BACKOFF_MS * state.node.jitter() }
    }
    state.publish()
  }

  let changed = false
  let retryMs: number | undefined
  for (const record of state.records.filter((each) => each.unhealthy && isRunning(each))) {
    yield* stopContainer(
      state,
      record,
      `Container ${record.spec.name} failed ${record.unhealthy} probe, will be restarted`,
      graceMsOf(state, record),
    )
    changed = true
  }
  for (const record of toStart(state)) {
    const outcome = yield* startContainer(state, record, () => SYNC_BACKOFF_MS * state.node.jitter())
    if (outcome.kind === 'started') {
      changed = true
      prober.containerStarted(record)
      if (!(yield* postStart(state, record)))
        yield* stopContainer(state, record, 'FailedPostStartHook', graceMsOf(state, record))
    } else retryMs = Math.min(retryMs ?? Infinity, outcome.retryMs)
  }
  return { changed, newSandbox, ...(retryMs !== undefined && { retryMs }) }
}

function sandboxConfig({ pod, node }: PodState): SandboxConfig {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
  const { hostNetwork = false, containers = [] } = pod.spec ?? {}
  const hostPorts = containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, containerPort, protocol, hostIP }): HostPort[] => {
      if (!hostPort || protocol === 'SCTP') return []
      return [
        { hostPort, containerPort, protocol: protocol === 'UDP' ? 'udp' : 'tcp', ...(hostIP && { hostIP }) },
      ]
    }),
  )
  return { name, namespace, uid, hostname: hostnameOf(pod, node.nodeName), hostNetwork, hostPorts }
}

const NO_ADDRESS =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set'

/** How long a container gets to end, in ms. A probe may have its own period. */
export function graceMsOf({ pod }: PodState, { spec, unhealthy }: ContainerRecord): number {
  const probe =
    unhealthy === 'startup' ? spec.startupProbe : unhealthy === 'liveness' ? spec.livenessProbe : undefined
  return (probe?.terminationGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000
}

/** What can be started now: the next init container, or all others once those are through; ephemeral ones at any time. */
function toStart({ records, pod }: PodState): ContainerRecord[] {
  const startable = (record: ContainerRecord) =>
    !isRunning(record) &&
    (record.current === undefined || record.current.state === 'created' || shouldRestart(record, pod))
  const ephemeral = records.filter((record) => record.kind === 'ephemeral' && startable(record))
  const inits = records.filter(({ kind }) => kind === 'init')
  const containers = records.filter(({ kind }) => kind === 'container')
  const begun = containers.some(({ current }) => current !== undefined)
  if (begun)
    return [
      ...ephemeral,
      ...inits.filter((record) => isSidecar(record) && startable(record)),
      ...containers.filter(startable),
    ]
  const next = inits.find((record) => !isInitialized(record))
  if (!next) return [...ephemeral, ...containers.filter(startable)]
  const earlierSidecars = inits
    .slice(0, inits.indexOf(next))
    .filter((record) => isSidecar(record) && startable(record))
  return [...ephemeral, ...earlierSidecars, ...(startable(next) ? [next] : [])]
}

/** @returns when to try again, in ms, if a volume could not be mounted: 0.5 s, then twice as long up to 2 min 2 s */
function* mountVolumes(state: PodState, attempt: number): Blocking<number | undefined> {
  const { node, pod } = state
  const namespace = pod.metadata?.namespace ?? ''
  const { configMaps, secrets } = referencesOf(pod)
  for (const name of configMaps) yield* node.configMaps.arrived(namespace, name)
  for (const name of secrets) yield* node.secrets.arrived(namespace, name)
  const failure = state.volumes.setUp(volumeSources(state))
  if (!failure) return undefined
  state.events.warning(
    'FailedMount',
    `MountVolume.SetUp failed for volume "${failure.volume}" : ${failure.error.message}`,
  )
  return Math.min(500 * 2 ** attempt, 122_000)
}

export function volumeSources(state: PodState): VolumeSources {
  const { node, pod } = state
  const namespace = pod.metadata?.namespace ?? ''
  return {
    pod,
    podIP: state.podIP ?? '',
    hostIP: node.address,
    nodeFiles: node.files,
    allocatable: node.allocatable,
    nowMs: node.simulation.nowMs,
    configMap: (name) => node.configMaps.get(namespace, name),
    secret: (name) => node.secrets.get(namespace, name),
    serviceAccountToken: (audience) => mintToken(pod, node.nodeName, audience, node.simulation.nowMs),
  }
}
