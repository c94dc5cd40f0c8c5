import { wait, type Blocking } from '../../../os/index.ts'
import { isRunning, isSidecar, type ContainerRecord } from './container-record.ts'
import { runHandler } from './handlers.ts'
import type { PodState } from './pod-state.ts'
import { all } from './task.ts'

/** Whatever a preStop hook has used up, a container gets this long after its stop signal. */
const LEAST_GRACE_MS = 2000

/** Ends one container: preStop hook, stop signal, SIGKILL after the grace period, which the hook shares. */
export function* stopContainer(
  state: PodState,
  record: ContainerRecord,
  reason: string,
  graceMs: number,
): Blocking<void> {
  const container = record.current
  if (!container || !isRunning(record)) return
  const { runtime, simulation } = state.node
  const beganMs = simulation.nowMs
  state.events.normal('Killing', reason, record)
  const hook = record.spec.lifecycle?.preStop
  if (hook && graceMs > 0) {
    const { result } = yield* runHandler(hook, state, record, graceMs)
    if (result !== 'success') state.events.warning('FailedPreStopHook', 'PreStopHook failed', record)
  }
  if (container.state !== 'running') return
  const leftMs = graceMs - (simulation.nowMs - beganMs)
  runtime.stopContainer(container, graceMs > 0 ? Math.max(leftMs, hook ? LEAST_GRACE_MS : 0) : 0)
  if (container.state !== 'running') return
  yield* wait<void>((resume) => container.whenExited(resume))
}

/** Ends all containers of a Pod: at the same time, but sidecars after the others, last started first. */
export function* stopAllContainers(state: PodState, graceMs: number): Blocking<void> {
  const beganMs = state.node.simulation.nowMs
  const running = state.records.filter(isRunning)
  const stop = (record: ContainerRecord, ms: number) =>
    stopContainer(state, record, `Stopping container ${record.spec.name}`, ms)
  yield* all(running.filter((record) => !isSidecar(record)).map((record) => stop(record, graceMs)))
  for (const sidecar of running.filter(isSidecar).reverse()) {
    const leftMs = graceMs - (state.node.simulation.nowMs - beganMs)
    yield* stop(sidecar, Math.max(leftMs, graceMs > 0 ? LEAST_GRACE_MS : 0))
  }
}
