import type { FieldErrors } from '../../field-errors.ts'
import type { LabelSelector, PodTemplateSpec } from '../../generated/types.ts'
import type { ScaleAccess } from '../../kind.ts'
import { checkLabelValue, checkQualifiedName } from '../../names.ts'
import { matchesObject, selectorFromObject, selectorText } from '../../selectors.ts'
import { validatePodTemplate } from './pod-validation.ts'

/** What Deployment, ReplicaSet, StatefulSet and DaemonSet have in common. */
interface Workload {
  readonly spec?:
    | { readonly replicas?: number; readonly selector?: LabelSelector; readonly template?: PodTemplateSpec }
    | undefined
}

export function validateLabelSelector(field: string, selector: LabelSelector, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    errors.invalid(`${field}.matchLabels`, key, ...checkQualifiedName(key))
    errors.invalid(`${field}.matchLabels`, value, ...checkLabelValue(value))
  }
  selector.matchExpressions?.forEach(({ key, operator, values = [] }, index) => {
    const at = `${field}.matchExpressions[${index}]`
    const wantsValues = operator === 'In' || operator === 'NotIn'
    if (wantsValues && values.length === 0)
      errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
      errors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    }
    if (!['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator))
      errors.invalid(`${at}.operator`, operator, 'not a valid selector operator')
    errors.invalid(`${at}.key`, key, ...checkQualifiedName(key))
  })
}

export function validateReplicas(replicas: number | undefined, errors: FieldErrors): void {
  if ((replicas ?? 0) < 0) errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
}

/** The selector must be there and select the Pods that the template makes. */
export function validateSelector(
  { spec }: Workload,
  errors: FieldErrors,
  emptyMessage = 'empty selector is invalid for deployment',
): void {
  const selector = spec?.selector
  if (!selector) errors.required('spec.selector')
  else {
    validateLabelSelector('spec.selector', selector, errors)
    if (selectorFromObject(selector)!.length === 0) errors.invalid('spec.selector', selector, emptyMessage)
  }
}

/** @param always whether only restartPolicy Always makes sense. */
export function validateTemplate({ spec }: Workload, errors: FieldErrors, always = true): void {
  const { selector, template = {} } = spec ?? {}
  const labels = template.metadata?.labels
  if (!matchesObject(selector, labels) || selectorFromObject(selector)?.length === 0) {
    errors.invalid(
      'spec.template.metadata.labels',
      labels ?? null,
      '`selector` does not match template `labels`',
    )
  }
  validatePodTemplate('spec.template', template, errors)
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {}
  if (always && restartPolicy !== 'Always' && ['OnFailure', 'Never'].includes(restartPolicy ?? '')) {
    errors.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])
  }
  if (always && activeDeadlineSeconds !== undefined) {
    errors.forbidden(
      'spec.template.spec.activeDeadlineSeconds',
      'activeDeadlineSeconds in ReplicaSet is not Supported',
    )
  }
}

/** `/scale` for whatever keeps its replicas in `spec.replicas` and has a label selector. */
export function scaleAccess<
  T extends Workload & { readonly status?: { readonly replicas?: number } },
>(): ScaleAccess<T> {
  return {
    replicas: ({ spec }) => spec?.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => selectorText(selectorFromObject(spec?.selector) ?? []),
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  }
}
