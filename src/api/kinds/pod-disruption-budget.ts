import type { PodDisruptionBudget } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'
import { validateLabelSelector } from './shared/workload.ts'

/** How many Pods may be missing by choice. */
export const podDisruptionBudget = kind<PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [statusOf('PodDisruptionBudget')],
  columns: [
    NAME,
    column('Min Available', ({ spec }) =>
      spec?.minAvailable === undefined ? 'N/A' : String(spec.minAvailable),
    ),
    column('Max Unavailable', ({ spec }) =>
      spec?.maxUnavailable === undefined ? 'N/A' : String(spec.maxUnavailable),
    ),
    column('Allowed Disruptions', ({ status }) => status?.disruptionsAllowed ?? 0, 'integer'),
    AGE,
  ],
  prepareForCreate: (object) => ({
    ...object,
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  }),
  validate({ spec }, errors) {
    if (spec?.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
      errors.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')
    }
    for (const field of ['minAvailable', 'maxUnavailable'] as const) {
      const value = spec?.[field]
      if (typeof value === 'number' && value < 0)
        errors.invalid(`spec.${field}`, value, 'must be greater than or equal to 0')
    }
    if (spec?.selector) validateLabelSelector('spec.selector', spec.selector, errors)
  },
})
