import * as api from '../../../../api/index.ts'
import type { CronJob, CronJobStatus, Job } from '../../../../api/index.ts'
import {
  controller,
  controllerReference,
  create,
  equal,
  event,
  isDeleting,
  nameOf,
  namespaceOf,
  referenceTo,
  remove,
  requeueAfter,
  uidOf,
  updateStatus,
  type ReconcileContext,
  type Write,
} from '../../../../client/index.ts'
import { formatTimestamp, parseTimestamp } from '../../../../encoding/time.ts'
import { isFinished } from './conditions.ts'
import { nextTime, parseSchedule, type Schedule } from './schedule.ts'

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** The clock of the API server's timestamps is whole seconds: look a little after the minute. */
const MARGIN_MS = 100
const MAX_MISSED = 100

/** Makes a Job whenever its schedule says so. */
export const cronJob = controller<CronJob>({
  name: 'cronjob-controller',
  for: api.cronJob,
  owns: [api.job],
  reconcile(cronJob, context) {
    if (isDeleting(cronJob)) return []
    const jobs = context.ownedBy(api.job, cronJob)
    const schedule = parseSchedule(cronJob.spec?.schedule ?? '')
    const { status, events } = review(cronJob, jobs)
    const due = schedule && !cronJob.spec?.suspend ? mostRecent(cronJob, schedule, context.nowMs) : undefined
    const next = schedule && nextTime(schedule, context.nowMs)
    const wake =
      next === undefined || cronJob.spec?.suspend ? [] : [requeueAfter(next - context.nowMs + MARGIN_MS)]
    const clean = [...events, ...forgetOld(cronJob, jobs, true), ...forgetOld(cronJob, jobs, false)]
    const writes =
      due === undefined ? writeStatus(cronJob, status) : start(cronJob, due, jobs, status, context)
    return [...clean, ...writes, ...wake]
  },
})

/** What became of the Jobs that were active when last looked. */
function review(cronJob: CronJob, jobs: readonly Job[]): { status: CronJobStatus; events: Write[] } {
  const events: Write[] = []
  let { lastSuccessfulTime } = cronJob.status ?? {}
  const active = (cronJob.status?.active ?? []).filter((reference) => {
    const job = jobs.find((candidate) => uidOf(candidate) === reference.uid)
    if (!job) {
      const message = `Active job went missing: ${reference.name}`
      events.push(event(api.cronJob, cronJob, 'Normal', 'MissingJob', message))
      return false
    }
    if (!isFinished(job)) return true
    const condition = job.status?.conditions?.find(
      ({ type }) => type === 'Complete' || type === 'Failed',
    )?.type
    const message = `Saw completed job: ${nameOf(job)}, condition: ${condition}`
    events.push(event(api.cronJob, cronJob, 'Normal', 'SawCompletedJob', message))
    return false
  })
  for (const { status } of jobs) {
    const time = status?.conditions?.some(({ type }) => type === 'Complete')
      ? status.completionTime
      : undefined
    if (time !== undefined && time > (lastSuccessfulTime ?? '')) lastSuccessfulTime = time
  }
  const { lastScheduleTime } = cronJob.status ?? {}
  return {
    status: {
      ...(active.length > 0 && { active }),
      ...(lastScheduleTime && { lastScheduleTime }),
      ...(lastSuccessfulTime && { lastSuccessfulTime }),
    },
    events,
  }
}

/** The latest time that has come and was not served yet, unless it is past its deadline. */
function mostRecent(cronJob: CronJob, schedule: Schedule, nowMs: number): number | undefined {
  const { startingDeadlineSeconds } = cronJob.spec ?? {}
  const since = parseTimestamp(cronJob.status?.lastScheduleTime ?? cronJob.metadata?.creationTimestamp ?? '')
  const earliest =
    startingDeadlineSeconds === undefined ? since : Math.max(since, nowMs - startingDeadlineSeconds * 1000)
  let due: number | undefined
  let time = nextTime(schedule, earliest)
  for (let missed = 0; time !== undefined && time <= nowMs && missed < MAX_MISSED; missed++) {
    due = time
    time = nextTime(schedule, time)
  }
  return due
}

function start(
  cronJob: CronJob,
  due: number,
  jobs: readonly Job[],
  status: CronJobStatus,
  context: ReconcileContext,
): Write[] {
  const { concurrencyPolicy } = cronJob.spec ?? {}
  const running = jobs.filter((job) => !isFinished(job))
  if (concurrencyPolicy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    return [
      event(api.cronJob, cronJob, 'Normal', 'JobAlreadyActive', message),
      ...writeStatus(cronJob, status),
    ]
  }
  const replaced = concurrencyPolicy === 'Replace' ? running.map((job) => deletion(cronJob, job)) : []
  const lastScheduleTime = formatTimestamp(due)
  const made = create(api.job, jobFor(cronJob, due), {
    tolerate: ['AlreadyExists'],
    after: (result) => {
      if (!result.ok) {
        if (result.status.reason === 'AlreadyExists')
          return writeStatus(cronJob, { ...status, lastScheduleTime })
        return [
          event(
            api.cronJob,
            cronJob,
            'Warning',
            'FailedCreate',
            `Error creating job: ${result.status.message}`,
          ),
        ]
      }
      const active = [
        ...(replaced.length > 0 ? [] : (status.active ?? [])),
        referenceTo(result.object, api.job),
      ]
      return [
        event(api.cronJob, cronJob, 'Normal', 'SuccessfulCreate', `Created job ${nameOf(result.object)}`),
        ...writeStatus(cronJob, { ...status, active, lastScheduleTime }),
      ]
    },
  })
  return context.get(api.job, namespaceOf(cronJob), jobName(cronJob, due))
    ? writeStatus(cronJob, { ...status, lastScheduleTime })
    : [...replaced, made]
}

/** Named after the minute, so that the same minute never makes two. */
const jobName = (cronJob: CronJob, due: number): string => `${nameOf(cronJob)}-${Math.floor(due / 60_000)}`

function jobFor(cronJob: CronJob, due: number): Job {
  const { metadata, spec } = cronJob.spec!.jobTemplate
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...(metadata?.labels && { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [SCHEDULED_AT]: formatTimestamp(due) },
      name: jobName(cronJob, due),
      namespace: namespaceOf(cronJob),
      ownerReferences: [controllerReference(cronJob, api.cronJob)],
    },
    ...(spec && { spec }),
  }
}

function forgetOld(cronJob: CronJob, jobs: readonly Job[], succeeded: boolean): Write[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec ?? {}
  const type = succeeded ? 'Complete' : 'Failed'
  const done = jobs
    .filter(
      (job) =>
        !isDeleting(job) &&
        job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True'),
    )
    .sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1))
  const excess = done.length - (succeeded ? successfulJobsHistoryLimit : failedJobsHistoryLimit)
  return done.slice(0, Math.max(0, excess)).map((job) => deletion(cronJob, job))
}

function deletion(cronJob: CronJob, job: Job): Write {
  return remove(api.job, job, {
    deleteOptions: { propagationPolicy: 'Background' },
    after: (result) =>
      result.ok
        ? [event(api.cronJob, cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${nameOf(job)}`)]
        : [],
  })
}

function writeStatus(cronJob: CronJob, status: CronJobStatus): Write[] {
  return equal(status, cronJob.status) ? [] : [updateStatus(api.cronJob, { ...cronJob, status })]
}
