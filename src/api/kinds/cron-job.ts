import { ageSince } from '../format.ts'
import type { FieldErrors } from '../field-errors.ts'
import type { CronJob } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { defaultJobSpec, validateJobSpec } from './job.ts'
import { AGE, column, containerColumns, NAME, selectorColumn } from './shared/columns.ts'

const POLICIES = ['Allow', 'Forbid', 'Replace']
const MACROS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

function validateSchedule(schedule: string | undefined, errors: FieldErrors): void {
  if (!schedule) return errors.required('spec.schedule')
  if (MACROS.includes(schedule) || schedule.startsWith('@every ')) return
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 5)
    errors.invalid(
      'spec.schedule',
      schedule,
      `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`,
    )
}

/** Makes a Job at times. */
export const cronJob = kind<CronJob>({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [statusOf('CronJob')],
  columns: [
    NAME,
    column('Schedule', ({ spec }) => spec?.schedule ?? ''),
    column('Timezone', ({ spec }) => spec?.timeZone ?? '<none>'),
    column('Suspend', ({ spec }) => (spec?.suspend ? 'True' : 'False'), 'boolean'),
    column('Active', ({ status }) => status?.active?.length ?? 0, 'integer'),
    column('Last Schedule', ({ status }, nowMs) =>
      status?.lastScheduleTime ? ageSince(status.lastScheduleTime, nowMs) : '<none>',
    ),
    AGE,
    ...containerColumns<CronJob>(({ spec }) => spec?.jobTemplate.spec?.template.spec),
    selectorColumn<CronJob>(({ spec }) => spec?.jobTemplate.spec?.selector),
  ],
  defaults(object) {
    const spec = object.spec!
    const template = spec.jobTemplate?.spec
    // A template's Pods and selector are the Job's to default; only the Pod template is filled here.
    const jobSpec = template ? { ...template, template: defaultJobSpec(template).template } : template
    return {
      ...object,
      spec: {
        ...spec,
        concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
        suspend: spec.suspend ?? false,
        successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
        failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
        jobTemplate: {
          ...spec.jobTemplate,
          metadata: spec.jobTemplate?.metadata ?? {},
          ...(jobSpec ? { spec: jobSpec } : {}),
        },
      },
    }
  },
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate(object, errors) {
    const { schedule, concurrencyPolicy = '', jobTemplate } = object.spec!
    validateSchedule(schedule, errors)
    if (!POLICIES.includes(concurrencyPolicy))
      errors.notSupported('spec.concurrencyPolicy', concurrencyPolicy, POLICIES)
    if (jobTemplate.spec) validateJobSpec('spec.jobTemplate.spec', jobTemplate.spec, errors)
  },
})
