import { parseTimestamp } from '../../encoding/time.ts'
import { ageSince, humanDuration } from '../format.ts'
import type { FieldErrors } from '../field-errors.ts'
import type { Job, JobSpec } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { AGE, column, containerColumns, NAME, selectorColumn } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'
import { validatePodTemplate } from './shared/pod-validation.ts'

const condition = ({ status }: Job, type: string) =>
  status?.conditions?.some((one) => one.type === type && one.status === 'True')

/** The STATUS cell: the most final condition that holds. */
function statusCell(job: Job): string {
  const found = ['Complete', 'Failed', 'Suspended', 'FailureTarget'].find((type) => condition(job, type))
  if (job.metadata?.deletionTimestamp) return 'Terminating'
  return found ?? (condition(job, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running')
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec?.parallelism ?? 1
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function durationCell({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return ''
  return status.completionTime
    ? humanDuration(parseTimestamp(status.completionTime) - parseTimestamp(status.startTime))
    : ageSince(status.startTime, nowMs)
}

/** What a Job's spec says when it says nothing; CronJobs' templates too. */
export function defaultJobSpec(spec: JobSpec): JobSpec {
  const { completions, parallelism } = spec
  const both = completions === undefined && parallelism === undefined
  return {
    ...spec,
    ...(both ? { completions: 1 } : {}),
    parallelism: parallelism ?? 1,
    backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647),
    completionMode: spec.completionMode ?? 'NonIndexed',
    suspend: spec.suspend ?? false,
    manualSelector: spec.manualSelector ?? false,
    podReplacementPolicy:
      spec.podReplacementPolicy ?? (spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'),
    template: defaultPodTemplate(spec.template),
  }
}

export function validateJobSpec(at: string, spec: JobSpec, errors: FieldErrors): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ] as const) {
    const value = spec[field]
    if (value !== undefined && value < 0)
      errors.invalid(`${at}.${field}`, value, 'must be greater than or equal to 0')
  }
  const modes = ['NonIndexed', 'Indexed']
  if (spec.completionMode !== undefined && !modes.includes(spec.completionMode))
    errors.notSupported(`${at}.completionMode`, spec.completionMode, ['Indexed', 'NonIndexed'])
  validatePodTemplate(`${at}.template`, spec.template, errors)
  const restartPolicy = spec.template.spec?.restartPolicy ?? ''
  if (restartPolicy === '' || restartPolicy === 'Always')
    errors.required(`${at}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.notSupported(`${at}.template.spec.restartPolicy`, restartPolicy, ['OnFailure', 'Never'])
  }
}

/** The labels by which a Job knows its Pods: made from its own UID. */
function withSelector(job: Job): Job {
  const { uid = '', name = '' } = job.metadata ?? {}
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  const template = job.spec!.template
  const metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } }
  // A Job without labels of its own takes its template's.
  const own =
    Object.keys(job.metadata?.labels ?? {}).length > 0
      ? job.metadata
      : { ...job.metadata, labels: metadata.labels }
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  return {
    ...job,
    ...(own ? { metadata: own } : {}),
    spec: { ...job.spec!, selector, template: { ...template, metadata } },
  }
}

/** Pods that run to their end. */
export const job = kind<Job>({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [statusOf('Job')],
  selectableFields: [{ path: 'status.successful', value: ({ status }) => String(status?.succeeded ?? 0) }],
  columns: [
    NAME,
    column('Status', statusCell),
    column('Completions', completionsCell),
    column('Duration', durationCell),
    AGE,
    ...containerColumns<Job>(({ spec }) => spec?.template.spec),
    selectorColumn<Job>(({ spec }) => spec?.selector),
  ],
  defaults: (object) => ({ ...object, spec: defaultJobSpec(object.spec!) }),
  prepareForCreate: (object) => ({
    ...(object.spec?.manualSelector ? object : withSelector(object)),
    status: {},
  }),
  validate: (object, errors) => validateJobSpec('spec', object.spec!, errors),
  validateUpdate(next, old, errors) {
    for (const field of [
      'completions',
      'selector',
      'template',
      'completionMode',
      'podFailurePolicy',
      'backoffLimitPerIndex',
    ] as const) {
      if (!equal(next.spec?.[field], old.spec?.[field]))
        errors.invalid(`spec.${field}`, next.spec?.[field] ?? null, 'field is immutable')
    }
  },
})
