import type { FieldErrors } from '../field-errors.ts'
import type { EndpointSlice } from '../generated/types.ts'
import { checkIP, checkNonSpecialIP, isIPv6, parseIPv4 } from '../ip.ts'
import { kind } from '../kind.ts'
import { checkDns1123Label, checkDns1123Subdomain } from '../names.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const SHOWN = 3
const MAX_ENDPOINTS = 1000
const MAX_ADDRESSES = 100
const TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

const shortened = (all: readonly string[], none: string) =>
  all.length === 0
    ? none
    : all.length > SHOWN
      ? `${all.slice(0, SHOWN).join(',')} + ${all.length - SHOWN} more...`
      : all.join(',')

const portsCell = ({ ports }: EndpointSlice) =>
  shortened(
    (ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port))),
    '<unset>',
  )

const endpointsCell = ({ endpoints }: EndpointSlice) =>
  shortened(
    (endpoints ?? []).flatMap(({ addresses }) => addresses),
    '<unset>',
  )

function validateEndpointSlice(slice: EndpointSlice, errors: FieldErrors): void {
  validateAddressType(slice, errors)
  validatePorts(slice, errors)
  const { addressType } = slice
  const endpoints = slice.endpoints ?? []
  if (endpoints.length > MAX_ENDPOINTS) errors.tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)
  endpoints.forEach(({ addresses = [], hostname, nodeName }, index) => {
    const at = `endpoints[${index}]`
    if (addresses.length === 0) errors.required(`${at}.addresses`, 'must contain at least 1 address')
    if (addresses.length > MAX_ADDRESSES) errors.tooMany(`${at}.addresses`, addresses.length, MAX_ADDRESSES)
    addresses.forEach((address, position) =>
      validateAddress(`${at}.addresses[${position}]`, address, addressType, errors),
    )
    if (nodeName !== undefined) errors.invalid(`${at}.nodeName`, nodeName, ...checkDns1123Subdomain(nodeName))
    if (hostname !== undefined) errors.invalid(`${at}.hostname`, hostname, ...checkDns1123Label(hostname))
  })
}

function validateAddressType({ addressType }: EndpointSlice, errors: FieldErrors): void {
  if (!addressType) errors.required('addressType')
  else if (!TYPES.includes(addressType)) errors.notSupported('addressType', addressType, TYPES)
}

function validateAddress(at: string, address: string, type: string, errors: FieldErrors): void {
  if (type === 'FQDN') errors.invalid(at, address, ...checkDns1123Subdomain(address))
  else if (checkIP(address).length > 0) errors.invalid(at, address, ...checkIP(address))
  else if (type === 'IPv4' && parseIPv4(address) === undefined)
    errors.invalid(at, address, 'must be an IPv4 address')
  else if (type === 'IPv6' && !isIPv6(address)) errors.invalid(at, address, 'must be an IPv6 address')
  else errors.invalid(at, address, ...checkNonSpecialIP(address))
}

function validatePorts({ ports }: EndpointSlice, errors: FieldErrors): void {
  const names = new Set<string>()
  ports?.forEach(({ name = '', protocol }, index) => {
    const at = `ports[${index}]`
    if (name !== '') errors.invalid(`${at}.name`, name, ...checkDns1123Label(name))
    if (names.has(name)) errors.duplicate(`${at}.name`, name)
    names.add(name)
    if (!PROTOCOLS.includes(protocol ?? '')) errors.notSupported(`${at}.protocol`, protocol ?? '', PROTOCOLS)
  })
}

/** Some of the addresses behind a Service. */
export const endpointSlice = kind<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  tracksGeneration: true,
  columns: [
    NAME,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', portsCell),
    column('Endpoints', endpointsCell),
    AGE,
  ],
  defaults: (object) => ({
    ...object,
    ...(object.endpoints
      ? {
          endpoints: object.endpoints.map((endpoint) =>
            endpoint.conditions ? endpoint : { ...endpoint, conditions: {} },
          ),
        }
      : {}),
    ...(object.ports
      ? {
          ports: object.ports.map((port) =>
            port.name !== undefined && port.protocol !== undefined
              ? port
              : { ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' },
          ),
        }
      : {}),
  }),
  validate: validateEndpointSlice,
  validateUpdate(next, old, errors) {
    if (next.addressType !== old.addressType)
      errors.invalid('addressType', next.addressType, 'field is immutable')
  },
})
