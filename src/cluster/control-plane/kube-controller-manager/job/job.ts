import * as api from '../../../../api/index.ts'
import type { Job, JobStatus, Pod } from '../../../../api/index.ts'
import {
  controller,
  create,
  equal,
  event,
  isDeleting,
  nameOf,
  parallel,
  patch,
  remove,
  requeueAfter,
  uidOf,
  updateStatus,
  type ReconcileContext,
  type Write,
} from '../../../../client/index.ts'
import { parseTimestamp } from '../../../../encoding/time.ts'
import { isActive, isReady, isTerminating, podFromTemplate } from '../pods.ts'
import { finished, isFinished, isSuspended, verdictOf, withSuspension, type Verdict } from './conditions.ts'

/** Holds a Pod until it is counted: a Pod that is gone before would run again. */
const TRACKING = 'batch.kubernetes.io/job-tracking'
/** A burst of Pod changes is looked at once. */
const BATCH_MS = 1000
const FIRST_BACKOFF_MS = 10_000
const LONGEST_BACKOFF_MS = 600_000

/** Runs Pods until as many as wanted have succeeded. */
export const job = controller<Job>({
  name: 'job-controller',
  for: api.job,
  owns: [api.pod],
  batchMs: BATCH_MS,
  reconcile(job, context) {
    const pods = context.ownedBy(api.pod, job)
    if (isDeleting(job)) return []
    if (isFinished(job)) return letGo(pods)
    const tally = count(job, pods)
    const verdict = verdictOf(job, tally, context.simulation)
    const active = pods.filter(isActive)
    const steps = verdict
      ? end(job, active)
      : isSuspended(job)
        ? end(job, active)
        : replicate(job, active, tally, context)
    const change = verdict || isSuspended(job) ? -active.length : steps.created - steps.deleted
    return [
      ...steps.writes,
      ...record(job, pods, tally, active.length + change, verdict, context),
      ...(steps.waitMs > 0 ? [requeueAfter(steps.waitMs)] : []),
      ...deadline(job, context),
    ]
  },
})

/** Pods that ended since they were last counted, and how many ended in all. */
export interface Tally {
  readonly newlySucceeded: readonly Pod[]
  readonly newlyFailed: readonly Pod[]
  readonly succeeded: number
  readonly failed: number
}

const isTracked = (pod: Pod): boolean => pod.metadata?.finalizers?.includes(TRACKING) ?? false

function count(job: Job, pods: readonly Pod[]): Tally {
  const { succeeded = 0, failed = 0, uncountedTerminatedPods } = job.status ?? {}
  const noted = new Set([
    ...(uncountedTerminatedPods?.succeeded ?? []),
    ...(uncountedTerminatedPods?.failed ?? []),
  ])
  const tracked = pods.filter(isTracked)
  const newlySucceeded = tracked.filter((pod) => pod.status?.phase === 'Succeeded')
  const newlyFailed = tracked.filter(
    (pod) => pod.status?.phase === 'Failed' || (isDeleting(pod) && pod.status?.phase !== 'Succeeded'),
  )
  // Noted in the status but gone since: they count all the same.
  const present = new Set(tracked.map(uidOf))
  const lost = (uids: readonly string[] | undefined) =>
    (uids ?? []).filter((uid) => noted.has(uid) && !present.has(uid)).length
  return {
    newlySucceeded,
    newlyFailed,
    succeeded: succeeded + newlySucceeded.length + lost(uncountedTerminatedPods?.succeeded),
    failed: failed + newlyFailed.length + lost(uncountedTerminatedPods?.failed),
  }
}

interface Steps {
  readonly writes: readonly Write[]
  readonly created: number
  readonly deleted: number
  /** Until failed Pods may be replaced. */
  readonly waitMs: number
}

function replicate(job: Job, active: readonly Pod[], tally: Tally, context: ReconcileContext): Steps {
  const { parallelism = 1, completions } = job.spec ?? {}
  const left =
    completions === undefined
      ? tally.succeeded > 0
        ? active.length
        : parallelism
      : completions - tally.succeeded
  const wanted = Math.min(parallelism, Math.max(0, left))
  const missing = wanted - active.length
  if (missing < 0) return end(job, active.slice(missing))
  if (missing === 0) return { writes: [], created: 0, deleted: 0, waitMs: 0 }
  const waitMs = backoffMs(job, tally, context)
  if (waitMs > 0) return { writes: [], created: 0, deleted: 0, waitMs }
  const one = create(api.pod, trackedPod(job), {
    after: (result) =>
      result.ok
        ? [event(api.job, job, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(result.object)}`)]
        : [event(api.job, job, 'Warning', 'FailedCreate', `Error creating: ${result.status.message}`)],
  })
  return {
    writes: [parallel(Array<typeof one>(missing).fill(one), { slowStart: true })],
    created: missing,
    deleted: 0,
    waitMs: 0,
  }
}

function trackedPod(job: Job): Pod {
  const pod = podFromTemplate(job.spec!.template, job, api.job)
  return {
    ...pod,
    metadata: { ...pod.metadata, finalizers: [...(pod.metadata?.finalizers ?? []), TRACKING] },
  }
}

function end(job: Job, pods: readonly Pod[]): Steps {
  if (pods.length === 0) return { writes: [], created: 0, deleted: 0, waitMs: 0 }
  const deletions = pods.map((pod) =>
    remove(api.pod, pod, {
      after: (result) =>
        result.ok ? [event(api.job, job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`)] : [],
    }),
  )
  return { writes: [parallel(deletions)], created: 0, deleted: pods.length, waitMs: 0 }
}

/** 10 s after the first failure, twice that after each further one, up to 10 minutes. */
function backoffMs(job: Job, { newlyFailed, failed }: Tally, context: ReconcileContext): number {
  if (failed === 0) return 0
  const ended = [
    ...newlyFailed,
    ...context.ownedBy(api.pod, job).filter(({ status }) => status?.phase === 'Failed'),
  ]
    .flatMap((pod) => pod.status?.containerStatuses ?? [])
    .map(({ state }) => parseTimestamp(state?.terminated?.finishedAt ?? ''))
    .filter((time) => !Number.isNaN(time))
  if (ended.length === 0) return 0
  const delay = Math.min(FIRST_BACKOFF_MS * 2 ** (failed - 1), LONGEST_BACKOFF_MS)
  return Math.max(0, Math.max(...ended) + delay - context.nowMs)
}

/**
 * Counting happens in three writes, so that no Pod is counted twice or lost, whenever we are interrupted: its UID
 * is noted in the status, its finalizer removed, its UID turned into a number.
 */
function record(
  job: Job,
  pods: readonly Pod[],
  tally: Tally,
  active: number,
  verdict: Verdict | undefined,
  context: ReconcileContext,
): Write[] {
  const ended = [...tally.newlySucceeded, ...tally.newlyFailed]
  const noted = {
    ...(tally.newlySucceeded.length > 0 && { succeeded: tally.newlySucceeded.map(uidOf) }),
    ...(tally.newlyFailed.length > 0 && { failed: tally.newlyFailed.map(uidOf) }),
  }
  const conditions = withSuspension(job, verdict, context.simulation)
  const base = statusFor(job, pods, active, conditions, context)
  const first: JobStatus = { ...base, uncountedTerminatedPods: noted }
  const counted: JobStatus = {
    ...base,
    ...(tally.succeeded > 0 && { succeeded: tally.succeeded }),
    ...(tally.failed > 0 && { failed: tally.failed }),
    uncountedTerminatedPods: {},
  }
  const last = verdict ? finished(counted, verdict, context.simulation) : counted
  const closing = verdict
    ? [event(api.job, job, verdict.eventType, verdict.eventReason, verdict.eventMessage)]
    : []
  if (ended.length === 0) {
    return equal(last, job.status) ? [] : [updateStatus(api.job, { ...job, status: last }), ...closing]
  }
  const note = updateStatus(
    api.job,
    { ...job, status: first },
    {
      after: (result) =>
        result.ok
          ? [...letGo(ended), updateStatus(api.job, { ...result.object, status: last }), ...closing]
          : [],
    },
  )
  return [note]
}

function statusFor(
  job: Job,
  pods: readonly Pod[],
  active: number,
  conditions: JobStatus['conditions'],
  context: ReconcileContext,
): JobStatus {
  const { startTime, succeeded, failed } = job.status ?? {}
  const started = startTime ?? (isSuspended(job) ? undefined : context.simulation.timestamp())
  return {
    ...(conditions && conditions.length > 0 && { conditions }),
    ...(started !== undefined && { startTime: started }),
    ...(active > 0 && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    terminating: pods.filter(isTerminating).length,
    ready: pods.filter((pod) => isActive(pod) && isReady(pod)).length,
  }
}

function letGo(pods: readonly Pod[]): Write[] {
  return pods.filter(isTracked).map((pod) => {
    const finalizers = pod.metadata?.finalizers?.filter((name) => name !== TRACKING)
    const body = { metadata: { finalizers: finalizers && finalizers.length > 0 ? finalizers : null } }
    return patch(api.pod, pod, { type: 'merge', body }, { tolerate: ['NotFound'] })
  })
}

function deadline(job: Job, context: ReconcileContext): Write[] {
  const { activeDeadlineSeconds } = job.spec ?? {}
  const { startTime } = job.status ?? {}
  if (activeDeadlineSeconds === undefined || startTime === undefined) return []
  const left = parseTimestamp(startTime) + activeDeadlineSeconds * 1000 - context.nowMs
  return left > 0 ? [requeueAfter(left)] : []
}
