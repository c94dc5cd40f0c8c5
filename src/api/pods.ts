import type { ContainerStatus, Pod, PodCondition, PodSpec } from './generated/types.ts'

/** What many parts of Kubernetes ask of a Pod. */

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type)
}

/** Is the condition Ready true? */
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

/** Is it being deleted? */
export const isTerminating = (pod: Pod): boolean => pod.metadata?.deletionTimestamp !== undefined

/** Is it over: Succeeded or Failed? */
export const isTerminal = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** The quality of service that its requests and limits put it in. */
export function qosClass(spec: PodSpec | undefined): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  const counted = ['cpu', 'memory']
  let any = false
  let guaranteed = true
  for (const { resources } of containers) {
    for (const name of counted) {
      const [request, limit] = [resources?.requests?.[name], resources?.limits?.[name]]
      if (request !== undefined || limit !== undefined) any = true
      if (limit === undefined || (request !== undefined && request !== limit)) guaranteed = false
    }
  }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable'
}

/** How `kubectl get pods` sums a Pod up. */
export interface PodSummary {
  /** `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating` ... */
  readonly status: string
  readonly readyContainers: number
  readonly totalContainers: number
  readonly restarts: number
  /** When a container last ended, RFC 3339; undefined when none has. */
  readonly lastRestart: string | undefined
}

/** How a container ended, when it gave no reason. */
function ending({ state }: ContainerStatus): string {
  const { reason, signal, exitCode } = state!.terminated!
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}

export function summarizePod(pod: Pod): PodSummary {
  const { spec, status } = pod
  const sidecars = new Set(
    (spec?.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  )
  const totalContainers = (spec?.containers ?? []).length + sidecars.size
  const init = summarizeInit(pod, sidecars)
  let reason = status?.reason || status?.phase || 'Unknown'
  if (podCondition(pod, 'PodScheduled')?.reason === 'SchedulingGated') reason = 'SchedulingGated'
  let { restarts, lastRestart } = init
  let readyContainers = init.ready
  if (init.reason !== undefined) reason = init.reason
  if (init.reason === undefined || podCondition(pod, 'Initialized')?.status === 'True') {
    const main = summarizeMain(status?.containerStatuses ?? [])
    restarts = init.sidecarRestarts + main.restarts
    lastRestart = later(init.sidecarLastRestart, main.lastRestart)
    readyContainers += main.ready
    if (main.reason !== undefined) reason = main.reason
    if (reason === 'Completed' && main.anyRunning) reason = isPodReady(pod) ? 'Running' : 'NotReady'
  }
  if (isTerminating(pod)) {
    if (status?.reason === 'NodeLost') reason = 'Unknown'
    else if (!isTerminal(pod)) reason = 'Terminating'
  }
  return { status: reason, readyContainers, totalContainers, restarts, lastRestart }
}

const later = (a: string | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && b > a) ? b : a

function summarizeInit({ spec, status }: Pod, sidecars: ReadonlySet<string>) {
  const statuses = status?.initContainerStatuses ?? []
  let [restarts, sidecarRestarts, ready] = [0, 0, 0]
  let lastRestart: string | undefined
  let sidecarLastRestart: string | undefined
  let reason: string | undefined
  for (const [index, container] of statuses.entries()) {
    restarts += container.restartCount ?? 0
    const finishedAt = container.lastState?.terminated?.finishedAt
    lastRestart = later(lastRestart, finishedAt)
    const sidecar = sidecars.has(container.name)
    if (sidecar) {
      sidecarRestarts += container.restartCount ?? 0
      sidecarLastRestart = later(sidecarLastRestart, finishedAt)
    }
    const { terminated, waiting } = container.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecar && container.started) {
      if (container.ready) ready++
      continue
    }
    if (terminated) reason = `Init:${ending(container)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`
    else reason = `Init:${index}/${(spec?.initContainers ?? []).length}`
    break
  }
  return { restarts, lastRestart, sidecarRestarts, sidecarLastRestart, ready, reason }
}

function summarizeMain(statuses: readonly ContainerStatus[]) {
  let [restarts, ready, anyRunning] = [0, 0, false]
  let lastRestart: string | undefined
  let reason: string | undefined
  for (const container of [...statuses].reverse()) {
    restarts += container.restartCount ?? 0
    lastRestart = later(lastRestart, container.lastState?.terminated?.finishedAt)
    const { waiting, terminated, running } = container.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated) reason = ending(container)
    else if (container.ready && running) {
      anyRunning = true
      ready++
    }
  }
  return { restarts, lastRestart, ready, reason, anyRunning }
}
