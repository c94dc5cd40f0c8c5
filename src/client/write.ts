import type { KubernetesObject, Resource } from '../api/resource.ts'
import type { DeleteOptions, Patch, Result } from './client.ts'
import type { EventType } from './event-recorder.ts'

/**
 * What a reconciliation wants done. The runner sends the writes in their order, each after the answer to the one
 * before; the first that fails ends the reconciliation, which is then tried again with back-off.
 */
export type Write = RequestWrite | ParallelWrite | CallWrite | EventWrite | RequeueWrite

/** One request to the API server. */
export interface RequestWrite<T extends KubernetesObject = KubernetesObject> extends WriteOptions<T> {
  readonly kind: 'create' | 'update' | 'updateStatus' | 'finalize' | 'patch' | 'delete'
  readonly resource: Resource<T>
  readonly object: T
  readonly patch?: Patch
  readonly deleteOptions?: DeleteOptions
}

export interface WriteOptions<T extends KubernetesObject = KubernetesObject> {
  /** Why, in a sentence for the trace: `removed 10.244.1.7, Pod deleted`. */
  readonly because?: string
  /** Reasons of failures (`AlreadyExists`) that are as good as success here. */
  readonly tolerate?: readonly string[]
  /** What the answer calls for: an event, mostly. Done before the next write, also when the write failed. */
  after?(result: Result<T>): readonly Write[]
}

/** Requests that need not wait for each other. */
export interface ParallelWrite {
  readonly kind: 'parallel'
  readonly writes: readonly RequestWrite[]
  /** In batches of 1, 2, 4 ... as long as all succeed: a thousand Pods that quota forbids cost one request. */
  readonly slowStart: boolean
  /** What is still done when one failed, with the first failure. */
  readonly otherwise?: (failure: string) => readonly Write[]
}

/** Something outside the API that takes its time: the cloud. */
export interface CallWrite {
  readonly kind: 'call'
  readonly because: string
  /** Calls `done` once, with the reason when it failed and the writes that follow either way. */
  readonly run: (done: (failure: string | undefined, writes: readonly Write[]) => void) => void
}

export interface EventWrite {
  readonly kind: 'event'
  readonly resource: Resource
  readonly object: KubernetesObject
  readonly type: EventType
  readonly reason: string
  readonly message: string
}

export interface RequeueWrite {
  readonly kind: 'requeueAfter'
  readonly delayMs: number
}

const request =
  (kind: 'create' | 'update' | 'updateStatus' | 'finalize') =>
  <T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions<T> = {},
  ): RequestWrite =>
    ({ kind, resource, object, ...options }) as unknown as RequestWrite

export const create = request('create')
export const update = request('update')
export const updateStatus = request('updateStatus')
/** PUT to `/finalize`: how a Namespace loses its finalizers. */
export const finalize = request('finalize')

/** DELETE of this very object (its UID is a precondition); one already gone is as good. */
export function remove<T extends KubernetesObject>(
  resource: Resource<T>,
  object: T,
  options: WriteOptions<T> & { readonly deleteOptions?: DeleteOptions } = {},
): RequestWrite {
  return { kind: 'delete', resource, object, tolerate: ['NotFound'], ...options } as unknown as RequestWrite
}

export function patch<T extends KubernetesObject>(
  resource: Resource<T>,
  object: T,
  change: Patch,
  options: WriteOptions<T> = {},
): RequestWrite {
  return { kind: 'patch', resource, object, patch: change, ...options } as unknown as RequestWrite
}

export const parallel = (
  writes: readonly RequestWrite[],
  options: Partial<Pick<ParallelWrite, 'slowStart' | 'otherwise'>> = {},
): ParallelWrite => ({ kind: 'parallel', slowStart: false, ...options, writes })

export const call = (because: string, run: CallWrite['run']): CallWrite => ({ kind: 'call', because, run })

export const event = (
  resource: Resource,
  object: KubernetesObject,
  type: EventType,
  reason: string,
  message: string,
): EventWrite => ({ kind: 'event', resource, object, type, reason, message })

export const requeueAfter = (delayMs: number): RequeueWrite => ({ kind: 'requeueAfter', delayMs })
