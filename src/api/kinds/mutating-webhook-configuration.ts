import type { MutatingWebhookConfiguration } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

/** Webhooks that the real API server asks at writes. They are not asked here. */
export const mutatingWebhookConfiguration = kind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  tracksGeneration: true,
  columns: [NAME, column('Webhooks', ({ webhooks }) => webhooks?.length ?? 0, 'integer'), AGE],
})
