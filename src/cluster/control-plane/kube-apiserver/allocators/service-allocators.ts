import { AllocationError, type Allocator, type Allocators } from '../../../../api/allocators.ts'
import { formatIPv4, parseCidr, parseIPv4 } from '../../../../api/ip.ts'
import type { Service } from '../../../../api/generated/types.ts'
import type { Simulation } from '../../../../sim/index.ts'
import { Pool } from './pool.ts'

/** `30000-32767`: first and last port. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** The static band of Service addresses: min(max(16, size / 16), 256). */
const addressBand = (size: number) => Math.min(Math.max(16, Math.floor(size / 16)), 256)

/** The static band of node ports: min(max(16, size / 32), 128). */
const portBand = (size: number) => Math.min(Math.max(16, Math.floor(size / 32)), 128)

/** The allocators of Service addresses and node ports. @throws RangeError when `serviceCidr` is no IPv4 CIDR. */
export function serviceAllocators(
  simulation: Simulation,
  serviceCidr: string,
  nodePorts: PortRange,
): Allocators {
  const cidr = parseCidr(serviceCidr)
  if (!cidr) throw new RangeError(`not an IPv4 CIDR: ${serviceCidr}`)
  const random = simulation.random('service-allocators')
  // Neither the network's own address nor the broadcast address is handed out.
  const addresses = cidr.size - 2
  const ports = nodePorts.last - nodePorts.first + 1
  return {
    clusterIPs: new Pool<string>({
      size: addresses,
      staticSize: Math.min(addressBand(cidr.size), addresses),
      random,
      valueAt: (offset) => formatIPv4(cidr.base + 1 + offset),
      offsetOf: (address) => {
        const value = parseIPv4(address)
        const offset = value === undefined ? -1 : value - cidr.base - 1
        return offset >= 0 && offset < addresses ? offset : undefined
      },
      outside: () => 'the provided network does not match the current range',
      taken: 'provided IP is already allocated',
      full: 'range is full',
    }),
    nodePorts: new Pool<number>({
      size: ports,
      staticSize: portBand(ports),
      random,
      valueAt: (offset) => nodePorts.first + offset,
      offsetOf: (port) =>
        port >= nodePorts.first && port <= nodePorts.last ? port - nodePorts.first : undefined,
      outside: () =>
        `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`,
      taken: 'provided port is already allocated',
      full: 'range is full',
    }),
  }
}

/** Takes what the Services of an older API server have: addresses and ports are remembered in the Services alone. */
export function takeAllocated({ clusterIPs, nodePorts }: Allocators, services: readonly Service[]): void {
  for (const { spec } of services) {
    const { clusterIP, ports = [], healthCheckNodePort } = spec ?? {}
    if (clusterIP && clusterIP !== 'None') take(clusterIPs, clusterIP)
    for (const port of [...ports.map(({ nodePort }) => nodePort), healthCheckNodePort]) {
      if (port) take(nodePorts, port)
    }
  }
}

/** One port may serve TCP and UDP, and a range may have changed since: neither is a fault. */
function take<V>(pool: Allocator<V>, value: V): void {
  try {
    pool.allocate(value)
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
  }
}
