import type { Probe } from '../../../api/generated/types.ts'
import type { Container } from '../container-runtime/index.ts'
import type { Timer } from '../../../sim/index.ts'
import { isRunning, type ContainerRecord } from './container-record.ts'
import { LATENCIES } from './latencies.ts'
import { runHandler, type HandlerOutcome } from './handlers.ts'
import type { PodState } from './pod-state.ts'
import { runTask } from './task.ts'

type ProbeKind = 'startup' | 'readiness' | 'liveness'

const NAMES: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  readiness: 'Readiness',
  liveness: 'Liveness',
}

/**
 * The probes of one Pod. Each declared probe has a worker with a timer of its own; a container without probes costs
 * nothing. Results go into the record, and `changed` is called when one has turned.
 */
export class Prober {
  readonly #workers = new Map<string, ProbeWorker>()
  readonly #state: PodState
  readonly #changed: () => void

  constructor(state: PodState, changed: () => void) {
    this.#state = state
    this.#changed = changed
  }

  /** A container has (again) been started. */
  containerStarted(record: ContainerRecord): void {
    const { startupProbe, readinessProbe, livenessProbe } = record.spec
    const probes = { startup: startupProbe, readiness: readinessProbe, liveness: livenessProbe }
    for (const kind of ['startup', 'readiness', 'liveness'] as const) {
      const probe = probes[kind]
      if (!probe) continue
      const key = `${record.spec.name}/${kind}`
      this.#workers.get(key)?.stop()
      const worker = new ProbeWorker(this.#state, record, kind, probe, () => {
        if (kind === 'startup') this.#workers.get(`${record.spec.name}/readiness`)?.trigger()
        this.#changed()
      })
      this.#workers.set(key, worker)
    }
  }

  /** Once a Pod is ending only readiness is of interest: it may still serve. */
  stopRestarting(): void {
    for (const [key, worker] of this.#workers) if (!key.endsWith('/readiness')) worker.stop()
  }

  stop(): void {
    for (const worker of this.#workers.values()) worker.stop()
    this.#workers.clear()
  }
}

class ProbeWorker {
  readonly #state: PodState
  readonly #record: ContainerRecord
  readonly #kind: ProbeKind
  readonly #probe: Probe
  readonly #changed: () => void
  readonly #container: Container
  #timer: Timer | undefined
  #cancel: (() => void) | undefined
  #last: HandlerOutcome['result'] | undefined
  #run = 0
  #stopped = false

  constructor(state: PodState, record: ContainerRecord, kind: ProbeKind, probe: Probe, changed: () => void) {
    this.#state = state
    this.#record = record
    this.#kind = kind
    this.#probe = probe
    this.#changed = changed
    this.#container = record.current!
    this.#schedule(this.#firstDelayMs())
  }

  /** Probes at once, and from then on at its period. */
  trigger(): void {
    if (!this.#cancel) this.#schedule(0)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#cancel?.()
  }

  get #periodMs(): number {
    return (this.#probe.periodSeconds ?? 10) * 1000
  }

  /** Readiness is asked for as soon as the container runs; the others when their worker, started with the Pod, comes round. */
  #firstDelayMs(): number {
    const initialMs = (this.#probe.initialDelaySeconds ?? 0) * 1000
    if (this.#kind === 'readiness')
      return Math.max(initialMs, this.#state.node.latency(LATENCIES.resyncAfterChange))
    const sinceAddedMs = this.#state.node.simulation.nowMs - this.#state.startedMs
    const nextTickMs = this.#periodMs - (sinceAddedMs % this.#periodMs)
    return initialMs <= nextTickMs
      ? nextTickMs
      : nextTickMs + Math.ceil((initialMs - nextTickMs) / this.#periodMs) * this.#periodMs
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel()
    if (!this.#stopped) this.#timer = this.#state.node.simulation.schedule(delayMs, () => this.#probeNow())
  }

  #probeNow(): void {
    const record = this.#record
    if (this.#stopped || record.current !== this.#container || !isRunning(record)) return this.stop()
    const waitsForStartup = this.#kind !== 'startup' && record.spec.startupProbe && !record.started
    if (waitsForStartup || (this.#kind === 'startup' && record.started)) {
      if (waitsForStartup) this.#schedule(this.#periodMs)
      return
    }
    this.#schedule(this.#periodMs)
    const timeoutMs = (this.#probe.timeoutSeconds ?? 1) * 1000
    let ended = false
    const cancel = runTask(runHandler(this.#probe, this.#state, record, timeoutMs), (outcome) => {
      ended = true
      this.#cancel = undefined
      if (!this.#stopped && record.current === this.#container && isRunning(record)) this.#take(outcome)
    })
    if (!ended) this.#cancel = cancel
  }

  #take({ result, output }: HandlerOutcome): void {
    const name = NAMES[this.#kind]
    const { events } = this.#state
    if (result === 'unknown') {
      events.warning(
        'Unhealthy',
        `${name} probe errored and resulted in unknown state: ${output}`,
        this.#record,
      )
      return
    }
    if (result === 'failure') events.warning('Unhealthy', `${name} probe failed: ${output}`, this.#record)
    this.#run = result === this.#last ? this.#run + 1 : 1
    this.#last = result
    const { failureThreshold = 3, successThreshold = 1 } = this.#probe
    if (this.#run < (result === 'failure' ? failureThreshold : successThreshold)) return
    this.#conclude(result === 'success')
  }

  #conclude(good: boolean): void {
    const record = this.#record
    if (this.#kind === 'readiness') {
      if (record.ready === good) return
      record.ready = good
    } else if (good) {
      if (this.#kind === 'liveness' || record.started) return
      record.started = true
    } else {
      record.unhealthy = this.#kind
      this.stop()
    }
    this.#changed()
  }
}
