import type {
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from '../../../api/generated/types.ts'
import { formatTimestamp } from '../../../encoding/time.ts'
import type { Container } from '../container-runtime/index.ts'
import { podResources } from './resources.ts'
import {
  hasExited,
  isInitialized,
  isRunning,
  isSidecar,
  shouldRestart,
  type ContainerRecord,
} from './container-record.ts'

export interface StatusInput {
  readonly pod: Pod
  readonly previous: PodStatus
  readonly records: readonly ContainerRecord[]
  readonly sandboxReady: boolean
  readonly podIP: string | undefined
  readonly hostIP: string
  readonly startedMs: number
  readonly nowMs: number
  /** Nothing of it will be started again: it is being deleted, or has come to its end. */
  readonly ending: boolean
  /** All of it has ended; only then is the phase a final one. */
  readonly ended: boolean
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

/** The status of a Pod as its kubelet sees it, complete. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, previous, records, podIP, hostIP } = input
  const computed = phaseOf(input)
  const final = computed === 'Succeeded' || computed === 'Failed'
  const phase: Phase =
    final && !input.ended ? (previous.phase === 'Pending' ? 'Pending' : 'Running') : computed
  const byKind = (kind: ContainerRecord['kind']) =>
    records.filter((record) => record.kind === kind).map((record) => containerStatus(record, input))
  const initStatuses = byKind('init')
  const containerStatuses = byKind('container')
  const ephemeralStatuses = byKind('ephemeral')
  return {
    observedGeneration: pod.metadata?.generation ?? 1,
    phase,
    conditions: conditionsOf(input, computed, containerStatuses),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: formatTimestamp(input.startedMs),
    ...(initStatuses.length > 0 && { initContainerStatuses: initStatuses }),
    containerStatuses,
    ...(ephemeralStatuses.length > 0 && { ephemeralContainerStatuses: ephemeralStatuses }),
    ...(previous.qosClass && { qosClass: previous.qosClass }),
    ...podResources(pod),
  }
}

/** The end a Pod is coming to, or has come to. */
export function phaseOf({ pod, records, ending }: StatusInput): Phase {
  const inits = records.filter(({ kind }) => kind === 'init')
  const containers = records.filter(({ kind }) => kind === 'container')
  const failedInit = inits.find(
    (record) => hasExited(record) && record.current!.exit!.code !== 0 && !isSidecar(record),
  )
  if (ending && records.some(isRunning)) return 'Running'
  if (failedInit && (ending || !shouldRestart(failedInit, pod))) return 'Failed'
  if (ending) return containers.every(({ current }) => current?.exit?.code === 0) ? 'Succeeded' : 'Failed'
  if (!inits.every((record) => isInitialized(record) || (isSidecar(record) && record.current)))
    return 'Pending'
  if (containers.some(({ current, waiting }) => !current || (current.state === 'created' && !waiting))) {
    return containers.some((record) => isRunning(record)) ? 'Running' : 'Pending'
  }
  if (containers.some((record) => isRunning(record) || shouldRestart(record, pod))) return 'Running'
  return containers.every(({ current }) => current?.exit?.code === 0) ? 'Succeeded' : 'Failed'
}

function containerStatus(record: ContainerRecord, input: StatusInput): ContainerStatus {
  const { spec, current, kind } = record
  const { state, lastState } = statesOf(record, input)
  const running = isRunning(record)
  const image = current?.config.image
  const mounts = (spec.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly: true, recursiveReadOnly: 'Disabled' }),
  }))
  return {
    name: spec.name,
    state,
    lastState,
    ready: isReady(record),
    restartCount: record.restartCount,
    image: image ? canonicalName(current, spec.image ?? '') : (spec.image ?? ''),
    imageID: image ? `${image.name}@${image.digest}` : '',
    ...(current && { containerID: `containerd://${current.id}` }),
    ...(kind !== 'ephemeral' && {
      started: running && (record.started || (kind === 'init' && !isSidecar(record))),
    }),
    ...(spec.resources?.requests && { allocatedResources: spec.resources.requests }),
    ...(current && { resources: spec.resources ?? {} }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(current && { user: { linux: userOf(record, input.pod) } }),
  }
}

function isReady(record: ContainerRecord): boolean {
  if (record.kind === 'ephemeral') return false
  if (record.kind === 'init' && !isSidecar(record)) return record.current?.exit?.code === 0
  return isRunning(record) && record.started && record.ready
}

function statesOf(
  record: ContainerRecord,
  { pod, records, ending }: StatusInput,
): { state: ContainerState; lastState: ContainerState } {
  const { current, previous, waiting } = record
  const lastState = previous?.exit ? terminated(previous) : {}
  if (current?.state === 'running')
    return { state: { running: { startedAt: formatTimestamp(current.startedMs!) } }, lastState }
  if (current?.exit) {
    if (waiting && !ending && shouldRestart(record, pod))
      return { state: { waiting: describe(waiting) }, lastState: terminated(current) }
    return { state: terminated(current), lastState }
  }
  if (waiting) return { state: { waiting: describe(waiting) }, lastState }
  const reason = records.some(({ kind }) => kind === 'init') ? 'PodInitializing' : 'ContainerCreating'
  return { state: { waiting: { reason } }, lastState }
}

const describe = ({ reason, message }: { reason: string; message: string }) => ({
  reason,
  ...(message && { message }),
})

function terminated(container: Container): ContainerState {
  const { code, reason, message } = container.exit!
  return {
    terminated: {
      exitCode: code,
      reason,
      ...(message && { message }),
      startedAt: formatTimestamp(container.startedMs ?? 0),
      finishedAt: formatTimestamp(container.finishedMs ?? 0),
      containerID: `containerd://${container.id}`,
    },
  }
}

/** The name a runtime shows: registry and tag written out. */
function canonicalName({ config }: Container, reference: string): string {
  const tag = /:([\w.-]+)(?:@|$)/.exec(reference.slice(reference.lastIndexOf('/') + 1))?.[1] ?? 'latest'
  return `${config.image.name}:${tag}`
}

function userOf({ spec }: ContainerRecord, pod: Pod) {
  const uid = spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser ?? 0
  const gid = spec.securityContext?.runAsGroup ?? pod.spec?.securityContext?.runAsGroup ?? 0
  const more = pod.spec?.securityContext?.supplementalGroups ?? []
  const fsGroup = pod.spec?.securityContext?.fsGroup
  return { uid, gid, supplementalGroups: [gid, ...(fsGroup === undefined ? [] : [fsGroup]), ...more] }
}

interface Verdict {
  readonly status: boolean
  readonly reason?: string
  readonly message?: string
}

function conditionsOf(
  input: StatusInput,
  phase: Phase,
  statuses: readonly ContainerStatus[],
): PodCondition[] {
  const { pod, previous } = input
  const containersReady = containersReadyOf(phase, statuses)
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: input.sandboxReady }],
    ['Initialized', initializedOf(input, phase)],
    ['Ready', readyOf(pod, previous, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: true }],
  ]
  const now = formatTimestamp(input.nowMs)
  const own = verdicts.map(([type, { status, reason, message }]): PodCondition => {
    const before = previous.conditions?.find((condition) => condition.type === type)
    const text = status ? 'True' : 'False'
    return {
      type,
      observedGeneration: pod.metadata?.generation ?? 1,
      status: text,
      lastProbeTime: null as never,
      lastTransitionTime: before?.status === text ? before.lastTransitionTime! : now,
      ...(reason && { reason }),
      ...(message && { message }),
    }
  })
  // Conditions of others (readiness gates) stay as they are.
  const others = (previous.conditions ?? []).filter(
    ({ type }) => !own.some((condition) => condition.type === type),
  )
  return [...others, ...own]
}

function initializedOf({ records }: StatusInput, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: true, reason: 'PodCompleted' }
  const incomplete = records.filter(
    (record) => record.kind === 'init' && !isInitialized(record) && !(isSidecar(record) && record.started),
  )
  if (incomplete.length === 0) return { status: true }
  const names = incomplete.map(({ spec }) => spec.name).join(' ')
  return {
    status: false,
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names}]`,
  }
}

function containersReadyOf(phase: Phase, statuses: readonly ContainerStatus[]): Verdict {
  if (phase === 'Succeeded') return { status: false, reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: false, reason: 'PodFailed' }
  const unready = statuses.filter(({ ready }) => !ready).map(({ name }) => name)
  if (unready.length === 0) return { status: true }
  return {
    status: false,
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  }
}

function readyOf(pod: Pod, previous: PodStatus, containersReady: Verdict): Verdict {
  if (!containersReady.status) return containersReady
  const failing = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = previous.conditions?.find(({ type }) => type === conditionType)
    if (!condition)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    if (condition.status === 'True') return []
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`]
  })
  return failing.length === 0
    ? { status: true }
    : { status: false, reason: 'ReadinessGatesNotReady', message: failing.join(', ') }
}
