import type { Pod } from '../../../api/generated/types.ts'
import type { Image } from '../../images/index.ts'
import type { ImageStore, PullResult } from '../container-runtime/index.ts'
import { wait, type Blocking } from '../../../os/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import { Backoff, formatGoDuration } from './backoff.ts'
import type { ContainerRecord } from './container-record.ts'
import type { PodEvents } from './pod-events.ts'

export type ImageOutcome = { readonly image: Image } | { readonly reason: string; readonly message: string }

/** Sees to it that a container's image is on the node, after its pull policy; pulls one after the other. */
export class ImageManager {
  readonly #store: ImageStore
  readonly #simulation: Simulation
  readonly #backoff = new Backoff()
  /** By Pod and image: when the last pull failed, and how. */
  readonly #failures = new Map<string, { readonly atMs: number; readonly message: string }>()
  readonly #queue: (() => void)[] = []
  #pulling = false

  constructor(store: ImageStore, simulation: Simulation) {
    this.#store = store
    this.#simulation = simulation
  }

  *ensure(pod: Pod, record: ContainerRecord, events: PodEvents): Blocking<ImageOutcome> {
    const reference = record.spec.image ?? ''
    const policy = record.spec.imagePullPolicy ?? 'IfNotPresent'
    const quoted = JSON.stringify(reference)
    if (!/^[a-z0-9]/.test(reference) || /[A-Z]/.test(reference.replace(/[:@].*$/, '')))
      return invalidName(reference, record, events)
    const present = this.#store.find(reference)
    if (present && policy !== 'Always') {
      events.normal(
        'Pulled',
        `Container image ${quoted} already present on machine and can be accessed by the pod`,
        record,
      )
      return { image: present }
    }
    if (policy === 'Never') {
      const message = `Container image ${quoted} is not present with pull policy of Never`
      events.warning('ErrImageNeverPull', message, record)
      return { reason: 'ErrImageNeverPull', message }
    }
    const key = `${pod.metadata?.uid}_${reference}`
    const failure = this.#failures.get(key)
    if (failure && this.#backoff.isWaiting(key, failure.atMs, this.#simulation.nowMs)) {
      events.normal('BackOff', `Back-off pulling image ${quoted}`, record)
      return {
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image ${quoted}: ErrImagePull: ${failure.message}`,
      }
    }
    return yield* this.#pull(key, reference, record, events)
  }

  *#pull(key: string, reference: string, record: ContainerRecord, events: PodEvents): Blocking<ImageOutcome> {
    const quoted = JSON.stringify(reference)
    const queuedMs = this.#simulation.nowMs
    events.normal('Pulling', `Pulling image ${quoted}`, record)
    const { result, startedMs } = yield* this.#inTurn(reference)
    const nowMs = this.#simulation.nowMs
    if ('error' in result) {
      this.#backoff.next(key, this.#failures.get(key)?.atMs ?? nowMs, nowMs)
      this.#failures.set(key, { atMs: nowMs, message: result.error })
      events.warning('Failed', `Failed to pull image ${quoted}: ${result.error}`, record)
      return { reason: 'ErrImagePull', message: result.error }
    }
    this.#failures.delete(key)
    this.#backoff.forget(key)
    const took = formatGoDuration(Math.round(nowMs - startedMs))
    const waited = formatGoDuration(Math.round(nowMs - queuedMs))
    events.normal(
      'Pulled',
      `Successfully pulled image ${quoted} in ${took} (${waited} including waiting). Image size: ${result.image.sizeBytes} bytes.`,
      record,
    )
    return result
  }

  /** serializeImagePulls: a pull begins when the one before it has ended. */
  *#inTurn(reference: string): Blocking<{ result: PullResult; startedMs: number }> {
    return yield* wait<{ result: PullResult; startedMs: number }>((resume) => {
      const start = () => {
        this.#pulling = true
        const startedMs = this.#simulation.nowMs
        this.#store.pull(reference, (result) => {
          this.#pulling = false
          this.#queue.shift()?.()
          resume({ result, startedMs })
        })
      }
      if (this.#pulling) this.#queue.push(start)
      else start()
      return () => {}
    })
  }
}

function invalidName(reference: string, record: ContainerRecord, events: PodEvents): ImageOutcome {
  const problem = /[A-Z]/.test(reference)
    ? `invalid reference format: repository name (library/${reference.replace(/[:@].*$/, '')}) must be lowercase`
    : 'invalid reference format'
  const message = `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": ${problem}`
  events.warning('InspectFailed', message, record)
  return { reason: 'InvalidImageName', message }
}
