import type { LoadBalancerIngress, Service, ServicePort } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { checkDns1123Label } from '../names.ts'
import { without } from '../objects.ts'
import { AGE, column, formatLabels, NAME, wideColumn } from './shared/columns.ts'
import { allocateService, releaseService } from './service/allocation.ts'
import { defaultService, withClusterIPs } from './service/defaults.ts'
import { prepareServiceForUpdate } from './service/update.ts'
import { validateService, validateServiceUpdate } from './service/validation.ts'

const ADDRESS_WIDTH = 16

const address = ({ ip, hostname }: LoadBalancerIngress) => ip ?? hostname ?? ''

/** The EXTERNAL-IP cell. @param wide whether there is room for long lists. */
function externalIPs({ spec, status }: Service, wide: boolean): string {
  const own = spec?.externalIPs ?? []
  if (spec?.type === 'ExternalName') return spec.externalName ?? ''
  if (spec?.type !== 'LoadBalancer') return own.length > 0 ? own.join(',') : '<none>'
  const ingress = (status?.loadBalancer?.ingress ?? []).map(address).join(',')
  const shown =
    ingress.length > ADDRESS_WIDTH && !wide ? `${ingress.slice(0, ADDRESS_WIDTH - 3)}...` : ingress
  const all = [...(shown === '' ? [] : [shown]), ...own]
  return all.length > 0 ? all.join(',') : '<pending>'
}

const port = ({ port: number, nodePort, protocol }: ServicePort) =>
  `${number}${nodePort ? `:${nodePort}` : ''}/${protocol}`

/** A stable name, address and set of ports in front of Pods that come and go. */
export const service = kind<Service>({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  createOnUpdate: true,
  returnsDeleted: true,
  subresources: [
    { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    statusOf('Service'),
  ],
  selectableFields: [
    { path: 'spec.clusterIP', value: ({ spec }) => spec?.clusterIP ?? '' },
    { path: 'spec.type', value: ({ spec }) => spec?.type ?? '' },
  ],
  columns: [
    NAME,
    column('Type', ({ spec }) => spec?.type ?? ''),
    column('Cluster-IP', ({ spec }) => spec?.clusterIP || '<none>'),
    column('External-IP', (object) => externalIPs(object, false)),
    column('Port(s)', ({ spec }) => (spec?.ports ?? []).map(port).join(',') || '<none>'),
    AGE,
    wideColumn('Selector', ({ spec }) => formatLabels(spec?.selector)),
  ],
  validateName: checkDns1123Label,
  defaults: defaultService,
  prepareForCreate(object) {
    const { spec = {}, ...rest } = withClusterIPs(object)
    const kept = spec.type === 'ExternalName' ? without(spec, 'internalTrafficPolicy') : spec
    return { ...rest, spec: kept, status: { loadBalancer: {} } }
  },
  prepareForUpdate: (next, old) => prepareServiceForUpdate(withClusterIPs(next), old),
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate(next, _old, errors) {
    if (next.spec?.type !== 'LoadBalancer' && next.status?.loadBalancer?.ingress?.length) {
      errors.forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")
    }
  },
  allocate: allocateService,
  release: releaseService,
  warnings(next) {
    const {
      type,
      externalIPs: external,
      externalName,
      trafficDistribution,
      clusterIP,
      sessionAffinity,
    } = next.spec ?? {}
    const headless = clusterIP === 'None'
    return [
      ...(external?.length
        ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']
        : []),
      ...(headless && sessionAffinity !== 'None'
        ? ['spec.SessionAffinity is ignored for headless services']
        : []),
      ...(type !== 'ExternalName' && externalName
        ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
        : []),
      ...(trafficDistribution === 'PreferClose'
        ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
        : []),
    ]
  },
})
