import { base32 } from '../../../../encoding/base32.ts'
import { sha256 } from '../../../../encoding/sha256.ts'
import type { ServiceEndpoint, ServicePort } from '../service-port.ts'

/** What kube-proxy calls the chains of a Service port in this mode: readable, with a hash lest cut names collide. */
interface ServiceChains {
  /** Endpoints of the whole cluster. */
  readonly cluster: string
  /** Endpoints of this node only. */
  readonly local: string
  /** Traffic that came to a node port, an external address or a load balancer's. */
  readonly external: string
  /** `loadBalancerSourceRanges`. */
  readonly firewall: string
}

export function serviceChains(port: ServicePort): ServiceChains {
  const name = hashed(baseOf(port))
  return {
    cluster: `service-${name}`,
    local: `local-${name}`,
    external: `external-${name}`,
    firewall: `firewall-${name}`,
  }
}

/** The chain of an endpoint of a Service with affinity, and the set of the clients that belong to it. */
export function endpointNames(
  port: ServicePort,
  endpoint: ServiceEndpoint,
): { readonly chain: string; readonly affinity: string } {
  const name = hashed(`${baseOf(port)}__${endpoint.ip}/${endpoint.port}`)
  return { chain: `endpoint-${name}`, affinity: `affinity-${name}` }
}

/** `namespace/name/tcp/port`. */
const baseOf = ({ service, protocol, portName }: ServicePort) => `${service}/${protocol}/${portName}`

const hashed = (text: string) => `${base32(sha256(text)).slice(0, 8)}-${text}`
