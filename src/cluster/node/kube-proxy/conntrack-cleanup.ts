import type { EndpointSlice } from '../../../api/generated/types.ts'
import { parseAddress, type Conntrack } from '../../../network/index.ts'
import { endpointsOf, type ServicePort } from './service-port.ts'

/**
 * Forgets UDP flows that conntrack would go on sending to an endpoint that is gone, or past a Service that now has
 * one: UDP has no end that would clear them, and a client that keeps asking keeps its entry alive.
 */
export function clearStaleFlows(
  conntrack: Conntrack,
  ports: readonly ServicePort[],
  slices: readonly EndpointSlice[],
): void {
  for (const port of ports) {
    if (port.protocol !== 'udp') continue
    const serving = endpointsOf(port, slices).filter((endpoint) => endpoint.ready || endpoint.serving)
    const targets = new Set(serving.map(({ ip, port: number }) => `${parseAddress(ip)}:${number}`))
    const addresses = new Set(
      [port.clusterIP, ...port.externalIPs, ...port.loadBalancerVIPs].map(parseAddress),
    )
    conntrack.deleteWhere(({ protocol, original, reply }) => {
      if (protocol !== 'udp') return false
      const forService = addresses.has(original.destination) && original.destinationPort === port.port
      const forNodePort = port.nodePort !== 0 && original.destinationPort === port.nodePort
      return (forService || forNodePort) && !targets.has(`${reply.source}:${reply.sourcePort}`)
    })
  }
}
