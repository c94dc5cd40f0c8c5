import type { NetworkPolicy, NetworkPolicyPort } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { formatSelector } from '../selectors.ts'
import { AGE, column, NAME } from './shared/columns.ts'
import { validateLabelSelector } from './shared/workload.ts'

const withProtocols = <R extends { readonly ports?: readonly NetworkPolicyPort[] }>(
  rules: readonly R[] | undefined,
) =>
  rules?.map((rule) =>
    rule.ports
      ? { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) }
      : rule,
  )

/** Who may speak with the Pods it selects. */
export const networkPolicy = kind<NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  tracksGeneration: true,
  columns: [NAME, column('Pod-Selector', ({ spec }) => formatSelector(spec?.podSelector)), AGE],
  defaults(object) {
    const spec = object.spec ?? { podSelector: {} }
    const [ingress, egress] = [withProtocols(spec.ingress), withProtocols(spec.egress)]
    return {
      ...object,
      spec: {
        ...spec,
        podSelector: spec.podSelector ?? {},
        ...(ingress ? { ingress } : {}),
        ...(egress ? { egress } : {}),
        policyTypes: spec.policyTypes ?? ['Ingress', ...(egress?.length ? ['Egress'] : [])],
      },
    }
  },
  validate({ spec }, errors) {
    if (spec?.podSelector) validateLabelSelector('spec.podSelector', spec.podSelector, errors)
    spec?.policyTypes?.forEach((type, index) => {
      if (type !== 'Ingress' && type !== 'Egress')
        errors.notSupported(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress'])
    })
  },
})
