import type { DaemonSet, DaemonSetUpdateStrategy } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { AGE, column, containerColumns, formatLabels, NAME, selectorColumn } from './shared/columns.ts'
import { defaultPodTemplate } from './shared/pod-defaults.ts'
import { podWarnings } from './shared/pod-warnings.ts'
import { validateSelector, validateTemplate } from './shared/workload.ts'

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

function defaultStrategy({
  type = 'RollingUpdate',
  rollingUpdate,
}: DaemonSetUpdateStrategy = {}): DaemonSetUpdateStrategy {
  if (type !== 'RollingUpdate') return { type }
  return {
    type,
    rollingUpdate: {
      maxUnavailable: rollingUpdate?.maxUnavailable ?? 1,
      maxSurge: rollingUpdate?.maxSurge ?? 0,
    },
  }
}

const withTemplateGeneration = (object: DaemonSet, generation: number): DaemonSet => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata?.annotations, [TEMPLATE_GENERATION]: String(generation) },
  },
})

/** One Pod on every node that fits. */
export const daemonSet = kind<DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [statusOf('DaemonSet')],
  columns: [
    NAME,
    column('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0, 'integer'),
    column('Current', ({ status }) => status?.currentNumberScheduled ?? 0, 'integer'),
    column('Ready', ({ status }) => status?.numberReady ?? 0, 'integer'),
    column('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0, 'integer'),
    column('Available', ({ status }) => status?.numberAvailable ?? 0, 'integer'),
    column('Node Selector', ({ spec }) => formatLabels(spec?.template.spec?.nodeSelector)),
    AGE,
    ...containerColumns<DaemonSet>(({ spec }) => spec?.template.spec),
    selectorColumn<DaemonSet>(({ spec }) => spec?.selector),
  ],
  defaults: (object) => ({
    ...(object.metadata?.annotations?.[TEMPLATE_GENERATION] ? object : withTemplateGeneration(object, 0)),
    spec: {
      ...object.spec!,
      template: defaultPodTemplate(object.spec?.template),
      updateStrategy: defaultStrategy(object.spec?.updateStrategy),
      revisionHistoryLimit: object.spec?.revisionHistoryLimit ?? 10,
    },
  }),
  prepareForCreate: (object) => ({
    ...withTemplateGeneration(object, 1),
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  }),
  prepareForUpdate(next, old) {
    const before = Number(old.metadata?.annotations?.[TEMPLATE_GENERATION] ?? 1)
    const same = equal(next.spec?.template, old.spec?.template)
    return withTemplateGeneration(next, same ? before : before + 1)
  },
  validate(object, errors) {
    validateSelector(object, errors, 'empty selector is invalid for daemonset')
    validateTemplate(object, errors)
    const { type } = object.spec?.updateStrategy ?? {}
    if (type !== 'RollingUpdate' && type !== 'OnDelete')
      errors.notSupported('spec.updateStrategy', { type }, ['OnDelete', 'RollingUpdate'])
  },
  validateUpdate(next, old, errors) {
    if (!equal(next.spec?.selector, old.spec?.selector))
      errors.invalid('spec.selector', next.spec?.selector, 'field is immutable')
  },
  warnings: (next, old) =>
    old && equal(next.spec?.template, old.spec?.template)
      ? []
      : podWarnings('spec.template.spec', next.spec?.template.spec),
})
