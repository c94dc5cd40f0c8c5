import type { FieldErrors } from '../field-errors.ts'
import type { EndpointAddress, EndpointPort, Endpoints } from '../generated/types.ts'
import { checkNonSpecialIP } from '../ip.ts'
import { kind } from '../kind.ts'
import { checkDns1123Label, checkPortNumber } from '../names.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const SHOWN = 3

/** Nothing at all when there are addresses, none of them ready. */
function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>'
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  )
  const more = all.length - SHOWN
  return more > 0 ? `${all.slice(0, SHOWN).join(',')} + ${more} more...` : all.join(',')
}

function validateEndpoints({ subsets = [] }: Endpoints, errors: FieldErrors): void {
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const at = `subsets[${index}]`
    if (addresses.length + notReadyAddresses.length === 0)
      errors.required(at, 'must specify `addresses` or `notReadyAddresses`')
    validateAddresses(`${at}.addresses`, addresses, errors)
    validateAddresses(`${at}.notReadyAddresses`, notReadyAddresses, errors)
    validatePorts(`${at}.ports`, ports, errors)
  })
}

function validateAddresses(field: string, addresses: readonly EndpointAddress[], errors: FieldErrors): void {
  addresses.forEach((address, index) => {
    if (sound.has(address)) return
    const { ip = '', hostname } = address
    const ipFaults = checkNonSpecialIP(ip)
    const hostnameFaults = hostname ? checkDns1123Label(hostname) : []
    errors.invalid(`${field}[${index}].ip`, ip, ...ipFaults)
    errors.invalid(`${field}[${index}].hostname`, hostname, ...hostnameFaults)
    if (ipFaults.length + hostnameFaults.length === 0) sound.add(address)
  })
}

/** Addresses that were looked at before: of a thousand, most are the same objects at the next update. */
const sound = new WeakSet<EndpointAddress>()

function validatePorts(field: string, ports: readonly EndpointPort[], errors: FieldErrors): void {
  ports.forEach(({ name, port, protocol }, index) => {
    const at = `${field}[${index}]`
    if (!name && ports.length > 1) errors.required(`${at}.name`)
    else if (name) errors.invalid(`${at}.name`, name, ...checkDns1123Label(name))
    errors.invalid(`${at}.port`, port ?? 0, ...checkPortNumber(port ?? 0))
    if (!['SCTP', 'TCP', 'UDP'].includes(protocol ?? ''))
      errors.notSupported(`${at}.protocol`, protocol ?? '', ['SCTP', 'TCP', 'UDP'])
  })
}

/** The older list of a Service's addresses; EndpointSlices took its place. */
export const endpoints = kind<Endpoints>({
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  createOnUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [NAME, column('Endpoints', endpointsCell), AGE],
  defaults: (object) =>
    object.subsets
      ? {
          ...object,
          subsets: object.subsets.map((subset) =>
            subset.ports
              ? {
                  ...subset,
                  ports: subset.ports.map((port) => (port.protocol ? port : { ...port, protocol: 'TCP' })),
                }
              : subset,
          ),
        }
      : object,
  validate: validateEndpoints,
})
