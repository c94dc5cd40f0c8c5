import { AllocationError } from '../../allocators.ts'
import type { FieldErrors } from '../../field-errors.ts'
import type { Service, ServicePort, ServiceSpec } from '../../generated/types.ts'
import { isIPv6 } from '../../ip.ts'
import type { WriteContext } from '../../kind.ts'
import {
  isHeadless,
  mayHaveNodePorts,
  needsClusterIP,
  needsHealthCheckNodePort,
  needsNodePorts,
} from './types.ts'
import { validateClusterIPs } from './validation.ts'

/** Takes the addresses and ports that a Service needs and gives back those that it no longer does. */
export function allocateService(
  next: Service,
  old: Service | undefined,
  context: WriteContext,
  errors: FieldErrors,
): Service {
  const taken: (() => void)[] = []
  const undo = () => taken.forEach((release) => release())
  let service = withFamilies(next, errors)
  if (!errors.any) validateClusterIPs(service, errors)
  if (!errors.any) service = withClusterIP(service, old, context, errors, taken)
  if (!errors.any) service = withNodePorts(service, old, context, errors, taken)
  if (!errors.any) service = withHealthCheckNodePort(service, old, context, errors, taken)
  if (errors.any) {
    undo()
    return next
  }
  if (old) releaseUnused(old, service, context)
  return service
}

/** Gives everything back. */
export function releaseService(service: Service, context: WriteContext): void {
  releaseUnused(service, { spec: {} }, context)
}

function releaseUnused(old: Service, next: Service, { allocators }: WriteContext): void {
  const { clusterIP } = old.spec ?? {}
  if (clusterIP && clusterIP !== 'None' && next.spec?.clusterIP !== clusterIP)
    allocators.clusterIPs.release(clusterIP)
  const kept = portsOf(next)
  for (const port of portsOf(old)) if (!kept.has(port)) allocators.nodePorts.release(port)
}

function portsOf({ spec }: Service): Set<number> {
  const all = [...(spec?.ports ?? []).map(({ nodePort }) => nodePort), spec?.healthCheckNodePort]
  return new Set(all.filter((port): port is number => port !== undefined && port !== 0))
}

/** The address families: this cluster has IPv4 alone; only headless Services without selector may name both. */
function withFamilies(service: Service, errors: FieldErrors): Service {
  if (!needsClusterIP(service)) return service
  const spec = service.spec ?? {}
  const anyFamily = isHeadless(service) && !Object.keys(spec.selector ?? {}).length
  if (!anyFamily) {
    if (spec.ipFamilyPolicy === 'RequireDualStack') {
      errors.invalid(
        'spec.ipFamilyPolicy',
        spec.ipFamilyPolicy,
        'this cluster is not configured for dual-stack services',
      )
    }
    const bad = (spec.ipFamilies ?? []).findIndex((family) => family === 'IPv6')
    const dual = spec.ipFamilyPolicy === 'PreferDualStack'
    if (bad === 0 || (bad > 0 && !dual))
      errors.invalid(`spec.ipFamilies[${bad}]`, 'IPv6', 'not configured on this cluster')
    if (isIPv6(spec.clusterIPs?.[0] ?? '') && bad < 0) {
      errors.invalid('spec.clusterIPs[0]', spec.clusterIPs, 'IPv6 is not configured on this cluster')
    }
  }
  if (errors.any) return service
  const ipFamilyPolicy =
    spec.ipFamilyPolicy ?? (anyFamily && !spec.ipFamilies?.length ? 'RequireDualStack' : 'SingleStack')
  const both = anyFamily && ipFamilyPolicy !== 'SingleStack'
  const ipFamilies = both
    ? spec.ipFamilies?.[0] === 'IPv6'
      ? ['IPv6', 'IPv4']
      : ['IPv4', 'IPv6']
    : (spec.ipFamilies ?? ['IPv4'])
  return { ...service, spec: { ...spec, ipFamilies, ipFamilyPolicy } }
}

function withClusterIP(
  service: Service,
  old: Service | undefined,
  { allocators }: WriteContext,
  errors: FieldErrors,
  taken: (() => void)[],
): Service {
  const spec = service.spec ?? {}
  if (!needsClusterIP(service) || isHeadless(service)) return headless(service)
  if (old && needsClusterIP(old) && old.spec?.clusterIP === spec.clusterIP) return service
  const wanted = spec.clusterIP || spec.clusterIPs?.[0]
  const pool = allocators.clusterIPs
  try {
    const address = wanted || pool.allocateNext()
    if (wanted) pool.allocate(wanted)
    taken.push(() => pool.release(address))
    if (!service.metadata?.name) {
      const why = `IPAddress.networking.k8s.io "${address}" is invalid: spec.parentRef.name: Required value`
      errors.invalid('spec.clusterIPs', [''], `failed to allocate IP: ${why}`)
    }
    return { ...service, spec: { ...spec, clusterIP: address, clusterIPs: [address] } }
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    errors.invalid(
      'spec.clusterIPs',
      [wanted ?? ''],
      `failed to allocate IP${wanted ? ` ${wanted}` : ''}: ${error.message}`,
    )
    return service
  }
}

/** A headless Service says `None` in both places. */
function headless(service: Service): Service {
  const { clusterIP, clusterIPs } = service.spec ?? {}
  if (!isHeadless(service) || (clusterIP && clusterIPs)) return service
  return { ...service, spec: { ...service.spec, clusterIP: 'None', clusterIPs: ['None'] } }
}

function withNodePorts(
  service: Service,
  old: Service | undefined,
  { allocators }: WriteContext,
  errors: FieldErrors,
  taken: (() => void)[],
): Service {
  const spec: ServiceSpec = service.spec ?? {}
  if (!mayHaveNodePorts(service)) return service
  const had = old ? portsOf(old) : new Set<number>()
  const mine = new Set<number>()
  const byPort = new Map<number, number>()
  const pool = allocators.nodePorts
  const take = (port: ServicePort, index: number): ServicePort => {
    const shared = byPort.get(port.port)
    if (!port.nodePort && (!needsNodePorts(service) || errors.any)) return port
    if (!port.nodePort && shared) return { ...port, nodePort: shared }
    if (port.nodePort && mine.has(port.nodePort)) return port
    try {
      if (port.nodePort && !had.has(port.nodePort)) pool.allocate(port.nodePort)
      const nodePort = port.nodePort || pool.allocateNext()
      if (!had.has(nodePort)) taken.push(() => pool.release(nodePort))
      mine.add(nodePort)
      byPort.set(port.port, nodePort)
      return port.nodePort ? port : { ...port, nodePort }
    } catch (error) {
      if (!(error instanceof AllocationError)) throw error
      errors.invalid(`spec.ports[${index}].nodePort`, port.nodePort ?? 0, error.message)
      return port
    }
  }
  // Ports asked for by number come first, so that chance does not take them.
  const ports = [...(spec.ports ?? [])]
  ports.forEach((port, index) => port.nodePort && (ports[index] = take(port, index)))
  ports.forEach((port, index) => !port.nodePort && (ports[index] = take(port, index)))
  return { ...service, spec: { ...spec, ports } }
}

function withHealthCheckNodePort(
  service: Service,
  old: Service | undefined,
  { allocators }: WriteContext,
  errors: FieldErrors,
  taken: (() => void)[],
): Service {
  const spec = service.spec ?? {}
  if (
    !needsHealthCheckNodePort(service) ||
    (old && spec.healthCheckNodePort && old.spec?.healthCheckNodePort === spec.healthCheckNodePort)
  )
    return service
  const pool = allocators.nodePorts
  try {
    if (spec.healthCheckNodePort) pool.allocate(spec.healthCheckNodePort)
    const healthCheckNodePort = spec.healthCheckNodePort || pool.allocateNext()
    taken.push(() => pool.release(healthCheckNodePort))
    return { ...service, spec: { ...spec, healthCheckNodePort } }
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    errors.invalid('spec.healthCheckNodePort', spec.healthCheckNodePort ?? 0, error.message)
    return service
  }
}
