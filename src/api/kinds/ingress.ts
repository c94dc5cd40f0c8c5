import type { FieldErrors } from '../field-errors.ts'
import type { Ingress, IngressBackend } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { checkDns1123Subdomain } from '../names.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const MAX_HOSTS = 3

function hostsCell({ spec }: Ingress): string {
  const hosts = (spec?.rules ?? []).flatMap(({ host }) => (host ? [host] : []))
  if (hosts.length === 0) return '*'
  const more = hosts.length - MAX_HOSTS
  return more > 0 ? `${hosts.slice(0, MAX_HOSTS).join(',')} + ${more} more...` : hosts.join(',')
}

function validateBackend(at: string, { service, resource }: IngressBackend, errors: FieldErrors): void {
  if (service && resource) errors.invalid(at, '', 'cannot set both resource and service backends')
  else if (!service && !resource) errors.invalid(at, '', 'resource or service backend is required')
  if (!service) return
  if (!service.name) errors.required(`${at}.service.name`)
  const { name, number } = service.port ?? {}
  if (!name && !number) errors.required(`${at}.service.port.name`, 'port name or number is required')
}

function validateRules({ spec = {} }: Ingress, errors: FieldErrors): void {
  if (!spec.rules?.length && !spec.defaultBackend)
    errors.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified')
  if (spec.defaultBackend) validateBackend('spec.defaultBackend', spec.defaultBackend, errors)
  spec.rules?.forEach(({ host, http }, index) => {
    const at = `spec.rules[${index}]`
    if (host) errors.invalid(`${at}.host`, host, ...checkDns1123Subdomain(host.replace(/^\*\./, '')))
    http?.paths?.forEach(({ path = '', pathType, backend }, position) => {
      const where = `${at}.http.paths[${position}]`
      if (!pathType) {
        errors.required(`${where}.pathType`, 'pathType must be specified')
        return
      }
      if (!PATH_TYPES.includes(pathType)) errors.notSupported(`${where}.pathType`, pathType, PATH_TYPES)
      else if (pathType !== 'ImplementationSpecific' && !path.startsWith('/'))
        errors.invalid(`${where}.path`, path, 'must be an absolute path')
      validateBackend(`${where}.backend`, backend ?? {}, errors)
    })
  })
}

/** HTTP from outside, by host and path, to Services. */
export const ingress = kind<Ingress>({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  tracksGeneration: true,
  subresources: [statusOf('Ingress')],
  columns: [
    NAME,
    column('Class', ({ spec }) => spec?.ingressClassName ?? '<none>'),
    column('Hosts', hostsCell),
    column('Address', ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(','),
    ),
    column('Ports', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
    AGE,
  ],
  prepareForCreate: (object) => ({ ...object, status: { loadBalancer: {} } }),
  validate: validateRules,
})
