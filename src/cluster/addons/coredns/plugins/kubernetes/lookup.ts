import type { Service } from '../../../../../api/generated/types.ts'
import { isIPv4, isIPv6 } from '../../../../../os/net/dns.ts'
import type { KubernetesData } from './data.ts'

/** One thing a name stands for. */
export interface Found {
  /** An address, or the name an ExternalName points to. */
  readonly host: string
  readonly port: number
  /** The name that an SRV record points to. */
  readonly target: string
}

/** `no-data`: the name is there, but has nothing of its own. `no-name`: NXDOMAIN. */
export type Lookup = readonly Found[] | 'no-data' | 'no-name'

export type PodMode = 'disabled' | 'insecure' | 'verified'

interface Parsed {
  readonly namespace: string
  readonly service: string
  readonly endpoint: string | undefined
  readonly port: string | undefined
  readonly protocol: string | undefined
}

/**
 * What a name below the zone means, after Kubernetes' DNS specification: `SERVICE.NAMESPACE.svc`, with the label of an
 * endpoint or `_port._protocol` before it, and `1-2-3-4.NAMESPACE.pod`.
 * @param labels of the name, the zone's left out, lower-case
 */
export function lookUp(
  labels: readonly string[],
  zone: string,
  data: KubernetesData,
  podMode: PodMode,
): Lookup {
  if (labels.length === 0) return 'no-data'
  const [kind, namespace, name, ...rest] = [...labels].reverse()
  if (kind !== 'svc' && kind !== 'pod') return 'no-name'
  if (namespace === undefined) return 'no-data'
  if (!data.hasNamespace(namespace)) return 'no-name'
  if (name === undefined) return 'no-data'
  if (kind === 'pod') return rest.length === 0 ? pods(name, namespace, data, podMode) : 'no-name'
  const [first, second] = rest
  if (rest.length > 2) return 'no-name'
  const underscored = (label: string | undefined) => label?.replace(/^_/, '')
  const parsed: Parsed =
    rest.length === 1
      ? { namespace, service: name, endpoint: first, port: undefined, protocol: undefined }
      : {
          namespace,
          service: name,
          endpoint: undefined,
          port: underscored(second),
          protocol: underscored(first),
        }
  return services(parsed, zone, data)
}

function pods(name: string, namespace: string, data: KubernetesData, mode: PodMode): Lookup {
  if (mode === 'disabled') return 'no-name'
  const address =
    name.split('-').length === 4 && !name.includes('--')
      ? name.replaceAll('-', '.')
      : name.replaceAll('-', ':')
  if (!isIPv4(address) && !isIPv6(address)) return 'no-name'
  if (mode === 'verified' && !data.hasPod(namespace, address)) return 'no-name'
  return [{ host: address, port: 0, target: '' }]
}

function services(parsed: Parsed, zone: string, data: KubernetesData): Lookup {
  const { namespace, service: name, endpoint, port, protocol } = parsed
  const service = data.service(namespace, name)
  if (!service) return 'no-name'
  const base = `${name}.${namespace}.svc.${zone}`
  const { type, externalName = '', clusterIP } = service.spec ?? {}
  if (type === 'ExternalName') {
    const qualified = endpoint !== undefined || port !== undefined || protocol !== undefined
    return qualified ? 'no-name' : [{ host: externalName, port: 0, target: base }]
  }
  const found =
    clusterIP === 'None' || endpoint !== undefined
      ? ofEndpoints(parsed, base, data)
      : ofClusterIP(service, parsed, base)
  return found.length > 0 ? found : 'no-name'
}

function ofEndpoints(
  { namespace, service, endpoint, port, protocol }: Parsed,
  base: string,
  data: KubernetesData,
): Found[] {
  return data
    .endpoints(namespace, service)
    .filter(({ label }) => endpoint === undefined || label === endpoint)
    .flatMap(({ address, label, ports }) =>
      ports
        .filter((each) => matches(each.name, each.protocol, port, protocol))
        .map((each) => ({ host: address, port: each.port ?? 0, target: `${label}.${base}` })),
    )
}

function ofClusterIP({ spec }: Service, { port, protocol }: Parsed, base: string): Found[] {
  const addresses = spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : [])
  return (spec?.ports ?? [])
    .filter((each) => matches(each.name, each.protocol, port, protocol))
    .flatMap((each) => addresses.map((host) => ({ host, port: each.port, target: base })))
}

const matches = (
  name: string | undefined,
  protocol: string | undefined,
  wantedPort: string | undefined,
  wantedProtocol: string | undefined,
) =>
  (wantedPort === undefined || wantedPort === (name ?? '').toLowerCase()) &&
  (wantedProtocol === undefined || wantedProtocol === (protocol ?? 'TCP').toLowerCase())

/** The names of an address: the Service that has it as its virtual one, else every endpoint that has it. */
export function reverse(address: string, zone: string, data: KubernetesData): readonly string[] {
  const [service] = data.servicesWithAddress(address)
  if (service) return [`${service.metadata?.name}.${service.metadata?.namespace}.svc.${zone}`]
  const names = data.endpointsWithAddress(address).map(({ label, service: key }) => {
    const [namespace, name] = key.split('/')
    return `${label}.${name}.${namespace}.svc.${zone}`
  })
  return [...new Set(names)]
}

/** The address a reverse name stands for; undefined when it stands for none. */
export function addressOfReverse(name: string): string | undefined {
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa\.$/.exec(name)
  if (four) return four.slice(1).reverse().join('.')
  const six = /^((?:[\da-f]\.){32})ip6\.arpa\.$/.exec(name)
  if (!six) return undefined
  const digits = six[1]!.split('.').reverse().join('')
  return digits
    .match(/.{4}/g)!
    .map((group) => group.replace(/^0{1,3}/, ''))
    .join(':')
    .replace(/(?:^|:)0(?::0)+(?::|$)/, '::')
}
