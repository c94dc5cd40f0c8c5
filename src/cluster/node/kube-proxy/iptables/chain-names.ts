import { base32 } from '../../../../encoding/base32.ts'
import { sha256 } from '../../../../encoding/sha256.ts'

/** What kube-proxy calls the chains of a Service port. */
export interface ServiceChains {
  /** Endpoints of the whole cluster. */
  readonly cluster: string
  /** Endpoints of this node only. */
  readonly local: string
  /** Traffic that came to a node port, an external address or a load balancer's. */
  readonly external: string
  /** `loadBalancerSourceRanges`. */
  readonly firewall: string
}

/**
 * @param servicePort `namespace/name:port`, or `namespace/name` when the port has no name.
 * @param protocol lower case.
 */
export function serviceChains(servicePort: string, protocol: string): ServiceChains {
  const suffix = digest(servicePort + protocol)
  return {
    cluster: `KUBE-SVC-${suffix}`,
    local: `KUBE-SVL-${suffix}`,
    external: `KUBE-EXT-${suffix}`,
    firewall: `KUBE-FW-${suffix}`,
  }
}

/** @param endpoint `10.244.1.5:80`. */
export const endpointChain = (servicePort: string, protocol: string, endpoint: string): string =>
  `KUBE-SEP-${digest(servicePort + protocol + endpoint)}`

/** Sixteen letters of five bits each. */
const digest = (text: string): string => base32(sha256(text).slice(0, 10))
