import type { KubernetesObject, Resource } from '../api/resource.ts'
import type { Client, Done, Result } from './client.ts'
import type { EventRecorder } from './event-recorder.ts'
import type { Expectations } from './expectations.ts'
import type { Informer } from './informer.ts'
import { keyOf, nameOf, namespaceOf, uidOf, versionOf } from './objects.ts'
import type { ParallelWrite, RequestWrite, Write } from './write.ts'

export interface Outcome {
  /** Why the first write that failed did; the writes after it were not sent. */
  failure?: string
  requeueAfterMs?: number
}

interface Options {
  readonly name: string
  readonly client: Client
  /** The cache that the controller has of a kind; undefined when it has none. */
  readonly informerOf: (resource: Resource) => Informer<never> | undefined
  readonly recorder: EventRecorder
  readonly expectations: Expectations
}

/** Client-go's SlowStartInitialBatchSize. */
const FIRST_BATCH = 1

/** Sends the writes of reconciliations and notes what the cache must show before the next. */
export class WriteSender {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Sends in order; `done` is called once, at once when there is nothing to wait for. */
  send(key: string, writes: readonly Write[], done: (outcome: Outcome) => void): void {
    const outcome: Outcome = {}
    this.#sequence(key, writes, outcome, () => done(outcome))
  }

  /** Goes on until a write fails. What follows from a write (`after`, `otherwise`) is sent even then. */
  #sequence(key: string, writes: readonly Write[], outcome: Outcome, done: () => void): void {
    const next = (position: number): void => {
      const write = writes[position]
      if (!write) return done()
      this.#one(key, write, outcome, (failure, consequences) => {
        const proceed = () => {
          if (failure === undefined) return next(position + 1)
          outcome.failure ??= failure
          done()
        }
        if (consequences.length === 0) proceed()
        else this.#sequence(key, consequences, outcome, proceed)
      })
    }
    next(0)
  }

  #one(
    key: string,
    write: Write,
    outcome: Outcome,
    done: (failure: string | undefined, consequences: readonly Write[]) => void,
  ): void {
    switch (write.kind) {
      case 'requeueAfter':
        outcome.requeueAfterMs = Math.min(write.delayMs, outcome.requeueAfterMs ?? Infinity)
        return done(undefined, [])
      case 'event':
        this.#options.recorder.about(write.object, write.resource, write.type, write.reason, write.message)
        return done(undefined, [])
      case 'parallel':
        return this.#parallel(key, write, outcome, done)
      case 'call':
        this.#trace(write.because, key)
        return write.run(done)
      default:
        return this.#request(key, write, done)
    }
  }

  #parallel(
    key: string,
    write: ParallelWrite,
    outcome: Outcome,
    done: (failure: string | undefined, consequences: readonly Write[]) => void,
  ): void {
    let failure: string | undefined
    const batch = (start: number, size: number): void => {
      const writes = write.writes.slice(start, start + size)
      if (writes.length === 0 || failure !== undefined) {
        return done(failure, failure === undefined ? [] : (write.otherwise?.(failure) ?? []))
      }
      let running = writes.length
      for (const one of writes) {
        this.#request(key, one, (reason, consequences) => {
          failure ??= reason
          this.#sequence(key, consequences, outcome, () => {
            if (--running === 0) batch(start + size, size * 2)
          })
        })
      }
    }
    batch(0, write.slowStart ? FIRST_BATCH : write.writes.length)
  }

  #request(
    key: string,
    write: RequestWrite,
    done: (failure: string | undefined, consequences: readonly Write[]) => void,
  ): void {
    if (this.#options.client.simulation.trace.active) this.#trace(write.because ?? describe(write), key)
    perform(this.#options.client, write, (result) => {
      this.#expect(key, write, result)
      const tolerated = !result.ok && write.tolerate?.includes(result.status.reason ?? '')
      const failure = result.ok || tolerated ? undefined : (result.status.message ?? 'request failed')
      done(failure, write.after?.(result as Result<never>) ?? [])
    })
  }

  #expect(key: string, write: RequestWrite, result: Result<KubernetesObject>): void {
    if (!result.ok) return
    const informer = this.#options.informerOf(write.resource)
    if (!informer) return
    if (write.kind === 'delete') this.#options.expectations.expectDeletion(key, informer, write.object)
    else this.#options.expectations.expectVersion(key, informer, versionOf(result.object))
  }

  #trace(message: string, key: string): void {
    const { name, client } = this.#options
    if (!client.simulation.trace.active) return
    client.simulation.trace.emit({ source: name, type: 'reconcile', message, data: { key } })
  }
}

function perform(client: Client, write: RequestWrite, done: Done<KubernetesObject>): void {
  const { kind, resource, object } = write
  const namespace = namespaceOf(object) || undefined
  switch (kind) {
    case 'create':
      return void client.create(resource, object, done)
    case 'update':
      return void client.update(resource, object, done)
    case 'updateStatus':
      return void client.updateStatus(resource, object, done)
    case 'finalize':
      return void client.updateSubresource(resource, object, 'finalize', done)
    case 'patch':
      return void client.patch(resource, namespace, nameOf(object), write.patch!, done)
    case 'delete': {
      const preconditions = { uid: uidOf(object) }
      return void client.delete(
        resource,
        namespace,
        nameOf(object),
        { preconditions, ...write.deleteOptions },
        done as Done<unknown>,
      )
    }
  }
}

const VERBS: Record<RequestWrite['kind'], string> = {
  create: 'creates',
  update: 'updates',
  updateStatus: 'updates the status of',
  finalize: 'finalizes',
  patch: 'patches',
  delete: 'deletes',
}

const describe = ({ kind, resource, object }: RequestWrite): string =>
  `${VERBS[kind]} ${resource.kind} ${keyOf(object) || object.metadata?.generateName}`
