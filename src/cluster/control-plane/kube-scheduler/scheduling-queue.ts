import type { Pod } from '../../../api/index.ts'
import { equal, uidOf } from '../../../client/index.ts'
import type { Simulation, Timer } from '../../../sim/index.ts'

const FIRST_BACKOFF_MS = 1000
const LONGEST_BACKOFF_MS = 10_000
/** A Pod that no change of the cluster has freed is tried again all the same. */
const UNSCHEDULABLE_TIMEOUT_MS = 300_000

interface Entry {
  pod: Pod
  readonly order: number
  attempts: number
  state: 'active' | 'unschedulable' | 'backing-off' | 'in-flight'
  /** Not before this time, in ms. */
  retryAtMs: number
  timer: Timer | undefined
}

/** Pods that wait for a node: by priority, then first come, first served; those that failed back off. */
export class SchedulingQueue {
  readonly #simulation: Simulation
  readonly #ready: () => void
  readonly #entries = new Map<string, Entry>()
  readonly #active = new Map<number, Set<string>>()
  readonly #unschedulable = new Set<string>()
  #order = 0

  /** @param ready called whenever a Pod becomes active. */
  constructor(simulation: Simulation, ready: () => void) {
    this.#simulation = simulation
    this.#ready = ready
  }

  /** A new Pod, or a newer version of one that waits; a change of its specification is worth another try. */
  put(pod: Pod): void {
    const entry = this.#entries.get(uidOf(pod))
    if (!entry) {
      const order = this.#order++
      const added: Entry = { pod, order, attempts: 0, state: 'active', retryAtMs: 0, timer: undefined }
      this.#entries.set(uidOf(pod), added)
      return this.#activate(added)
    }
    const isChanged =
      !equal(entry.pod.spec, pod.spec) || !equal(entry.pod.metadata?.labels, pod.metadata?.labels)
    entry.pod = pod
    if (isChanged && entry.state === 'unschedulable') this.#release(entry)
  }

  remove(uid: string): void {
    const entry = this.#entries.get(uid)
    if (!entry) return
    entry.timer?.cancel()
    this.#entries.delete(uid)
    this.#unschedulable.delete(uid)
    this.#active.get(priorityOf(entry.pod))?.delete(uid)
  }

  /** The next Pod to try; it counts as in flight until `failed` or `remove`. */
  take(): Pod | undefined {
    const priority = Math.max(
      ...[...this.#active].filter(([, uids]) => uids.size > 0).map(([value]) => value),
    )
    const uids = this.#active.get(priority)
    const uid = uids?.values().next().value
    if (uid === undefined) return undefined
    uids!.delete(uid)
    const entry = this.#entries.get(uid)!
    entry.state = 'in-flight'
    entry.attempts++
    return entry.pod
  }

  /** No node would do: the Pod waits for a change of the cluster, and for its back-off. */
  failed(pod: Pod): void {
    const entry = this.#entries.get(uidOf(pod))
    if (!entry) return
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (entry.attempts - 1), LONGEST_BACKOFF_MS)
    entry.retryAtMs = this.#simulation.nowMs + backoff
    entry.state = 'unschedulable'
    this.#unschedulable.add(uidOf(pod))
    entry.timer = this.#simulation.schedule(UNSCHEDULABLE_TIMEOUT_MS, () => this.#release(entry))
  }

  /** Something changed that may make room: all that failed are tried again as soon as their back-off is over. */
  retryUnschedulable(): void {
    for (const uid of [...this.#unschedulable]) this.#release(this.#entries.get(uid)!)
  }

  stop(): void {
    for (const { timer } of this.#entries.values()) timer?.cancel()
    this.#entries.clear()
    this.#active.clear()
    this.#unschedulable.clear()
  }

  #release(entry: Entry): void {
    entry.timer?.cancel()
    this.#unschedulable.delete(uidOf(entry.pod))
    const wait = entry.retryAtMs - this.#simulation.nowMs
    if (wait <= 0) return this.#activate(entry)
    entry.state = 'backing-off'
    entry.timer = this.#simulation.schedule(wait, () => this.#activate(entry))
  }

  #activate(entry: Entry): void {
    entry.state = 'active'
    entry.timer = undefined
    const priority = priorityOf(entry.pod)
    let uids = this.#active.get(priority)
    if (!uids) this.#active.set(priority, (uids = new Set()))
    uids.add(uidOf(entry.pod))
    this.#ready()
  }
}

const priorityOf = (pod: Pod): number => pod.spec?.priority ?? 0
