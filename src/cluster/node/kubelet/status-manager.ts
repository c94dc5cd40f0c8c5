import type { Pod, PodCondition, PodStatus } from '../../../api/generated/types.ts'
import { pod as podKind } from '../../../api/kinds/pod.ts'
import type { Client } from '../../../client/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import { LATENCIES, type Latency } from './latencies.ts'

interface Entry {
  /** What the API server has, as far as known. */
  acknowledged: PodStatus
  wanted: PodStatus
  pod: Pod
  sending: boolean
  /** Called when what is wanted has arrived. */
  settled: (() => void)[]
}

/** Sends the statuses of Pods to the API server: one patch at a time for each, of what has changed. */
export class StatusManager {
  readonly #client: Client
  readonly #simulation: Simulation
  readonly #latency: (latency: Latency) => number
  readonly #entries = new Map<string, Entry>()

  constructor(client: Client, latency: (latency: Latency) => number) {
    this.#client = client
    this.#simulation = client.simulation
    this.#latency = latency
  }

  /** @param pod the Pod in the API (for a static Pod its mirror) */
  set(pod: Pod, status: PodStatus, settled?: () => void): void {
    const uid = pod.metadata!.uid!
    let entry = this.#entries.get(uid)
    if (!entry) {
      entry = { acknowledged: pod.status ?? {}, wanted: status, pod, sending: false, settled: [] }
      this.#entries.set(uid, entry)
    }
    entry.wanted = status
    entry.pod = pod
    if (settled) entry.settled.push(settled)
    if (!entry.sending) this.#sendSoon(uid, entry)
  }

  forget(uid: string): void {
    this.#entries.delete(uid)
  }

  #sendSoon(uid: string, entry: Entry): void {
    entry.sending = true
    this.#simulation.schedule(this.#latency(LATENCIES.statusPatch), () => this.#send(uid, entry))
  }

  #send(uid: string, entry: Entry): void {
    const { namespace, name } = entry.pod.metadata!
    const sent = entry.wanted
    const status = statusPatch(entry.acknowledged, sent)
    if (!status) return this.#settle(entry)
    const body = { metadata: { uid }, status }
    this.#client.patch(
      podKind,
      namespace,
      name!,
      { type: 'strategic', body, subresource: 'status' },
      (result) => {
        if (this.#entries.get(uid) !== entry) return this.#settle(entry)
        // A Pod that is gone or was replaced has no use for a status; a server that is away is asked again.
        if (!result.ok && (result.code === 404 || result.code === 409)) return this.#settle(entry)
        if (!result.ok) {
          this.#simulation.schedule(RETRY_MS, () => this.#send(uid, entry))
          return
        }
        entry.acknowledged = sent
        if (entry.wanted === sent) this.#settle(entry)
        else this.#sendSoon(uid, entry)
      },
    )
  }

  #settle(entry: Entry): void {
    entry.sending = false
    const settled = entry.settled
    entry.settled = []
    for (const each of settled) each()
  }
}

/** The status manager goes over everything unsent this often. */
const RETRY_MS = 10_000

/** A strategic merge patch from one status to another; undefined when they are the same. */
export function statusPatch(from: PodStatus, to: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  const compare = (key: string) => {
    const [before, now] = [from[key as keyof PodStatus], to[key as keyof PodStatus]]
    if (key !== 'conditions' && !same(before, now)) patch[key] = now ?? null
  }
  for (const key in to) compare(key)
  for (const key in from) if (!(key in to)) compare(key)
  const conditions = conditionsPatch(from.conditions ?? [], to.conditions ?? [])
  if (conditions.length > 0) {
    patch['$setElementOrder/conditions'] = (to.conditions ?? []).map(({ type }) => ({ type }))
    patch['conditions'] = conditions
  }
  return Object.keys(patch).length > 0 ? patch : undefined
}

function conditionsPatch(from: readonly PodCondition[], to: readonly PodCondition[]): unknown[] {
  return to.flatMap((condition) => {
    const before = from.find(({ type }) => type === condition.type)
    if (before && same(before, condition)) return []
    const lost = (key: 'reason' | 'message') =>
      before?.[key] !== undefined && condition[key] === undefined ? { [key]: null } : undefined
    return [{ ...condition, ...lost('reason'), ...lost('message') }]
  })
}

/** Structural equality of plain data; an absent member is the same as an undefined one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => same(item, b[index]))
    )
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key in left) if (!same(left[key], right[key])) return false
  for (const key in right) if (!(key in left) && right[key] !== undefined) return false
  return true
}
