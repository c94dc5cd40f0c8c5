import type { FieldErrors } from '../field-errors.ts'
import type { Deployment, DeploymentStrategy } from '../generated/types.ts'
import { kind, SCALE, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { AGE, column, containerColumns, NAME, selectorColumn } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'
import { podWarnings } from './shared/pod-warnings.ts'
import { scaleAccess, validateReplicas, validateSelector, validateTemplate } from './shared/workload.ts'

function defaultStrategy({
  type = 'RollingUpdate',
  rollingUpdate,
}: DeploymentStrategy = {}): DeploymentStrategy {
  if (type !== 'RollingUpdate') return rollingUpdate ? { type, rollingUpdate } : { type }
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {}
  return { type, rollingUpdate: { maxUnavailable, maxSurge } }
}

const isZero = (value: number | string | undefined) => value === 0 || value === '0' || value === '0%'

function validateStrategy({ spec }: Deployment, errors: FieldErrors): void {
  const { type, rollingUpdate } = spec?.strategy ?? {}
  const at = 'spec.strategy'
  if (type !== 'RollingUpdate' && type !== 'Recreate') {
    errors.notSupported(`${at}.type`, type ?? '', ['Recreate', 'RollingUpdate'])
    return
  }
  if (type === 'Recreate') {
    if (rollingUpdate)
      errors.forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")
    return
  }
  for (const name of ['maxUnavailable', 'maxSurge'] as const) {
    const value = rollingUpdate?.[name]
    const field = `${at}.rollingUpdate.${name}`
    if (typeof value === 'number' && value < 0)
      errors.invalid(field, value, 'must be greater than or equal to 0')
    if (typeof value === 'string' && !/^\d+%$/.test(value))
      errors.invalid(
        field,
        value,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      )
  }
  if (isZero(rollingUpdate?.maxUnavailable) && isZero(rollingUpdate?.maxSurge)) {
    errors.invalid(
      `${at}.rollingUpdate.maxUnavailable`,
      rollingUpdate?.maxUnavailable,
      'may not be 0 when `maxSurge` is 0',
    )
  }
}

/** Keeps so many Pods of one template running, and changes them step by step when the template changes. */
export const deployment = kind<Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [SCALE, statusOf('Deployment')],
  columns: [
    NAME,
    column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', ({ status }) => status?.availableReplicas ?? 0),
    AGE,
    ...containerColumns<Deployment>(({ spec }) => spec?.template.spec),
    selectorColumn<Deployment>(({ spec }) => spec?.selector),
  ],
  defaults: (object) => ({
    ...object,
    spec: {
      ...object.spec!,
      replicas: object.spec?.replicas ?? 1,
      template: defaultPodTemplate(object.spec?.template),
      strategy: defaultStrategy(object.spec?.strategy),
      revisionHistoryLimit: object.spec?.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: object.spec?.progressDeadlineSeconds ?? 600,
    },
  }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate(object, errors) {
    validateReplicas(object.spec?.replicas, errors)
    validateSelector(object, errors)
    validateTemplate(object, errors)
    validateStrategy(object, errors)
    const { minReadySeconds = 0, progressDeadlineSeconds, revisionHistoryLimit = 0 } = object.spec ?? {}
    if (minReadySeconds < 0)
      errors.invalid('spec.minReadySeconds', minReadySeconds, 'must be greater than or equal to 0')
    if (revisionHistoryLimit < 0)
      errors.invalid('spec.revisionHistoryLimit', revisionHistoryLimit, 'must be greater than or equal to 0')
    if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds) {
      errors.invalid(
        'spec.progressDeadlineSeconds',
        progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      )
    }
  },
  validateUpdate(next, old, errors) {
    if (!equal(next.spec?.selector, old.spec?.selector))
      errors.invalid('spec.selector', next.spec?.selector, 'field is immutable')
  },
  warnings: (next, old) =>
    old && equal(next.spec?.template, old.spec?.template)
      ? []
      : podWarnings('spec.template.spec', next.spec?.template.spec),
  scale: scaleAccess<Deployment>(),
})
