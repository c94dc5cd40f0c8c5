import type { Pod } from '../../../api/generated/types.ts'
import { pod as podKind } from '../../../api/kinds/pod.ts'
import type { Blocking } from '../../../os/index.ts'
import type { Timer } from '../../../sim/index.ts'
import type { Container } from '../container-runtime/index.ts'
import { isRunning } from './container-record.ts'
import { LATENCIES, RESYNC_PERIOD_MS, VOLUME_UPDATE } from './latencies.ts'
import type { NodeContext } from './node-context.ts'
import { PodState } from './pod-state.ts'
import { Prober } from './prober.ts'
import { stopAllContainers } from './stop-container.ts'
import { syncPod, volumeSources, type SyncOutcome } from './sync-pod.ts'
import { runTask } from './task.ts'
import { referencesOf } from './volumes.ts'

/** Between a new sandbox and the sync that the runtime's first event about it causes, when something in it failed. */
const SANDBOX_EVENT_MS = 110
/** A Pod that has come to its end by itself: until its sandbox is stopped and the final phase told. */
const COMPLETION_MS = 1150

/**
 * Brings one Pod through its life: syncs it whenever something has happened, then ends it, then says so. Nothing runs
 * while nothing is due.
 */
export class PodWorker {
  readonly state: PodState
  readonly #node: NodeContext
  readonly #prober: Prober
  readonly #finished: () => void
  readonly #stopReferring: (() => void)[] = []
  #cancel: (() => void) | undefined
  #timer: Timer | undefined
  #volumeTimer: Timer | undefined
  #again = false
  #mountFailures = 0
  #phase: 'syncing' | 'ending' | 'ended' = 'syncing'
  /** Gone from the API, or of a manifest that was removed: nobody is to be told of its end. */
  #orphaned = false

  /** @param finished called once nothing of the Pod is left on this node */
  constructor(node: NodeContext, pod: Pod, isStatic: boolean, finished: () => void) {
    this.#node = node
    this.#finished = finished
    this.state = new PodState(node, pod, isStatic)
    this.#prober = new Prober(this.state, () => this.wake(node.latency(LATENCIES.resyncAfterChange)))
    this.#refer(pod)
    for (const record of this.state.records) if (isRunning(record)) this.#prober.containerStarted(record)
    this.wake(node.latency(LATENCIES.podAdmission))
  }

  /** A new version of what is to run. */
  update(pod: Pod): void {
    const before = this.state.pod
    this.state.update(pod)
    if (
      before.metadata?.labels !== pod.metadata?.labels ||
      before.metadata?.annotations !== pod.metadata?.annotations
    )
      this.#volumesChanged()
    if (pod.metadata?.generation !== before.metadata?.generation)
      this.wake(this.#node.latency(LATENCIES.podAdmission))
  }

  /** The Pod's object in the API has changed; `undefined`: it has gone. */
  apiChanged(apiPod: Pod | undefined): void {
    this.state.apiPod = apiPod
    if (apiPod && this.#phase === 'syncing') this.wake(this.#node.latency(LATENCIES.podAdmission))
  }

  /** Ends the Pod. Asked again with less grace, what is left is cut short. */
  terminate(graceMs: number, orphaned = false): void {
    this.#orphaned ||= orphaned
    if (this.#phase === 'syncing') return this.#end(graceMs)
    if (this.#phase === 'ended') return this.#leave()
    for (const { current } of this.state.records) {
      if (current?.state === 'running') this.#node.runtime.stopContainer(current, graceMs)
    }
  }

  /** A container of this Pod has ended. It is noticed when containers are next looked at. */
  containerExited(container: Container): void {
    const record = this.state.records.find(({ current }) => current === container)
    // Of the ended runs of a container the latest is kept; its status still tells of the one before.
    if (record?.previous) this.#node.runtime.removeContainer(record.previous)
    if (record && this.#phase === 'syncing') this.wake(this.#node.untilRelist())
  }

  /** Syncs the Pod after `delayMs`, unless it will be synced sooner. */
  wake(delayMs: number): void {
    if (this.#phase !== 'syncing') return
    const dueAt = this.#node.simulation.nowMs + delayMs
    if (this.#timer && this.#timer.dueAt <= dueAt) return
    this.#timer?.cancel()
    this.#timer = this.#node.simulation.schedule(delayMs, () => {
      this.#timer = undefined
      this.#sync()
    })
  }

  /** The kubelet stops: containers go on without it. */
  stop(): void {
    this.#timer?.cancel()
    this.#volumeTimer?.cancel()
    this.#cancel?.()
    this.#prober.stop()
    for (const stop of this.#stopReferring) stop()
  }

  #sync(): void {
    if (this.#cancel) {
      this.#again = true
      return
    }
    this.#run(syncPod(this.state, this.#prober, this.#mountFailures), (outcome) => this.#synced(outcome))
  }

  #run<T>(body: Blocking<T>, done: (value: T) => void): void {
    let ended = false
    const cancel = runTask(body, (value) => {
      ended = true
      this.#cancel = undefined
      done(value)
    })
    if (!ended) this.#cancel = cancel
  }

  #synced({ changed, retryMs, terminal, newSandbox }: SyncOutcome): void {
    if (terminal) return this.#complete()
    const mountFailed = !this.state.sandbox && retryMs !== undefined
    this.#mountFailures = mountFailed ? this.#mountFailures + 1 : 0
    const node = this.#node
    const again = this.#again
    this.#again = false
    if (changed || again) this.wake(node.latency(LATENCIES.resyncAfterChange))
    if (newSandbox && retryMs !== undefined) this.wake(SANDBOX_EVENT_MS)
    else if (retryMs !== undefined) this.wake(Math.min(retryMs, RESYNC_PERIOD_MS * node.jitter()))
  }

  /** All containers have ended by themselves. Their logs stay until the Pod is deleted. */
  #complete(): void {
    this.#phase = 'ending'
    this.#timer?.cancel()
    this.#prober.stop()
    this.state.ending = true
    this.#timer = this.#node.simulation.schedule(COMPLETION_MS, () => this.#ended())
  }

  #end(graceMs: number): void {
    this.#phase = 'ending'
    this.#timer?.cancel()
    this.#cancel?.()
    this.#cancel = undefined
    this.#prober.stopRestarting()
    this.state.ending = true
    this.#run(this.#endContainers(graceMs), () => this.#ended())
  }

  *#endContainers(graceMs: number): Blocking<void> {
    yield* this.state.delay(LATENCIES.podKill)
    // The status first says which generation it speaks of, with the containers as they still are.
    this.state.publish()
    yield* stopAllContainers(this.state, graceMs)
    yield* this.state.delay(LATENCIES.terminatedStatus)
  }

  #ended(): void {
    this.#phase = 'ended'
    this.#prober.stop()
    this.state.ended = true
    if (this.state.sandbox) this.#node.runtime.stopSandbox(this.state.sandbox.id)
    this.state.publish()
    const deleted = this.#orphaned || this.state.apiPod?.metadata?.deletionTimestamp !== undefined
    if (deleted)
      this.#timer = this.#node.simulation.schedule(this.#node.latency(LATENCIES.podCleanup), () =>
        this.#leave(),
      )
  }

  /** Takes the last of it away, and lets go of its object in the API. */
  #leave(): void {
    this.stop()
    const { sandbox, apiPod, pod } = this.state
    if (sandbox) this.#node.runtime.removeSandbox(sandbox.id)
    this.#node.restarts.forget(pod.metadata?.uid ?? '')
    const { uid, namespace, name } = apiPod?.metadata ?? {}
    if (uid) this.#node.statuses.forget(uid)
    if (apiPod && !this.#orphaned) {
      const options = { gracePeriodSeconds: 0, ...(uid && { preconditions: { uid } }) }
      this.#node.client.delete(podKind, namespace, name!, options)
    }
    this.#finished()
  }

  #refer(pod: Pod): void {
    const namespace = pod.metadata?.namespace ?? ''
    const { configMaps, secrets } = referencesOf(pod)
    const changed = () => this.#volumesChanged()
    for (const name of configMaps)
      this.#stopReferring.push(this.#node.configMaps.refer(namespace, name, changed))
    for (const name of secrets) this.#stopReferring.push(this.#node.secrets.refer(namespace, name, changed))
  }

  /** Volumes made from the API follow it, some time later. */
  #volumesChanged(): void {
    if (!this.state.sandbox || this.#volumeTimer || this.#phase !== 'syncing') return
    this.#volumeTimer = this.#node.simulation.schedule(this.#node.latency(VOLUME_UPDATE), () => {
      this.#volumeTimer = undefined
      this.state.volumes.refresh(volumeSources(this.state))
    })
  }
}
