import type { Job, JobCondition, JobStatus } from '../../../../api/index.ts'
import { parseTimestamp } from '../../../../encoding/time.ts'
import type { Simulation } from '../../../../sim/index.ts'
import type { Tally } from './job.ts'

/** That a Job is over, and why. */
export interface Verdict {
  readonly type: 'Complete' | 'Failed'
  /** The condition that says so before every Pod has ended. */
  readonly early: 'SuccessCriteriaMet' | 'FailureTarget'
  readonly reason: string
  readonly message: string
  readonly eventType: 'Normal' | 'Warning'
  readonly eventReason: string
  readonly eventMessage: string
}

export const isFinished = (job: Job): boolean =>
  job.status?.conditions?.some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  ) ?? false

export const isSuspended = (job: Job): boolean => job.spec?.suspend === true

export function verdictOf(job: Job, tally: Tally, simulation: Simulation): Verdict | undefined {
  const { backoffLimit = 6, completions, activeDeadlineSeconds } = job.spec ?? {}
  if (tally.failed > backoffLimit) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  const started = parseTimestamp(job.status?.startTime ?? '')
  if (activeDeadlineSeconds !== undefined && started + activeDeadlineSeconds * 1000 <= simulation.nowMs) {
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  const isComplete =
    completions === undefined ? tally.succeeded > 0 && !job.status?.active : tally.succeeded >= completions
  if (!isComplete) return undefined
  return {
    type: 'Complete',
    early: 'SuccessCriteriaMet',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
    eventType: 'Normal',
    eventReason: 'Completed',
    eventMessage: 'Job completed',
  }
}

const failure = (reason: string, message: string): Verdict => ({
  type: 'Failed',
  early: 'FailureTarget',
  reason,
  message,
  eventType: 'Warning',
  eventReason: reason,
  eventMessage: message,
})

function condition(
  type: string,
  status: string,
  reason: string,
  message: string,
  simulation: Simulation,
): JobCondition {
  const now = simulation.timestamp()
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message }
}

/** The Job's conditions with what is known now: a pause begun or ended, and the early sign of its end. */
export function withSuspension(
  job: Job,
  verdict: Verdict | undefined,
  simulation: Simulation,
): readonly JobCondition[] {
  const known = job.status?.conditions ?? []
  if (verdict) {
    if (known.some(({ type }) => type === verdict.early)) return known
    return [...known, condition(verdict.early, 'True', verdict.reason, verdict.message, simulation)]
  }
  const suspended = known.find(({ type }) => type === 'Suspended')
  const others = known.filter(({ type }) => type !== 'Suspended')
  if (isSuspended(job) && suspended?.status !== 'True') {
    return [...others, condition('Suspended', 'True', 'JobSuspended', 'Job suspended', simulation)]
  }
  if (!isSuspended(job) && suspended?.status === 'True') {
    return [...others, condition('Suspended', 'False', 'JobResumed', 'Job resumed', simulation)]
  }
  return known
}

/** The status of a Job whose every Pod is counted. */
export function finished(status: JobStatus, verdict: Verdict, simulation: Simulation): JobStatus {
  const { active: _, ...counted } = status
  return {
    ...counted,
    conditions: [
      ...(status.conditions ?? []),
      condition(verdict.type, 'True', verdict.reason, verdict.message, simulation),
    ],
    ...(verdict.type === 'Complete' && { completionTime: simulation.timestamp() }),
  }
}
