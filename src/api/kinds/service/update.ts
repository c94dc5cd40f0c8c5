import type { Service, ServicePort, ServiceSpec } from '../../generated/types.ts'
import { defined, equal } from '../../objects.ts'
import {
  isExternallyAccessible,
  mayHaveNodePorts,
  needsClusterIP,
  needsHealthCheckNodePort,
  needsNodePorts,
} from './types.ts'

/**
 * What a client need not repeat is taken from the stored Service (its addresses, its node ports); what belonged to the
 * old type alone goes, unless the client changed it, which validation then judges.
 */
export function prepareServiceForUpdate(next: Service, old: Service): Service {
  const kept = dropped(withAllocated(next, old), old)
  return kept.spec?.type === 'LoadBalancer' || !kept.status?.loadBalancer?.ingress
    ? kept
    : { ...kept, status: { ...kept.status, loadBalancer: {} } }
}

function withAllocated(next: Service, old: Service): Service {
  let spec: ServiceSpec = next.spec ?? {}
  const before = old.spec ?? {}
  if (needsClusterIP(next) && needsClusterIP(old)) {
    if (!spec.clusterIP && !spec.clusterIPs?.length) {
      spec = defined({ ...spec, clusterIP: before.clusterIP, clusterIPs: before.clusterIPs }) as ServiceSpec
    } else if (spec.clusterIP !== before.clusterIP && equal(spec.clusterIPs, before.clusterIPs)) {
      spec = defined({ ...spec, clusterIPs: spec.clusterIP ? [spec.clusterIP] : undefined }) as ServiceSpec
    }
    if (!spec.ipFamilies?.length && before.ipFamilies) spec = { ...spec, ipFamilies: before.ipFamilies }
    if (!spec.ipFamilyPolicy && before.ipFamilyPolicy)
      spec = { ...spec, ipFamilyPolicy: before.ipFamilyPolicy }
  }
  if (needsNodePorts(next) && mayHaveNodePorts(old))
    spec = { ...spec, ports: withOldNodePorts(spec.ports ?? [], before.ports ?? []) }
  if (
    needsHealthCheckNodePort(next) &&
    needsHealthCheckNodePort(old) &&
    !spec.healthCheckNodePort &&
    before.healthCheckNodePort
  ) {
    spec = { ...spec, healthCheckNodePort: before.healthCheckNodePort }
  }
  return { ...next, spec }
}

/** Ports keep their node port, found by protocol and number, unless a client gave it to another. */
function withOldNodePorts(
  ports: readonly ServicePort[],
  old: readonly ServicePort[],
): readonly ServicePort[] {
  const used = new Set(ports.map(({ nodePort, protocol }) => nodePort && `${protocol}/${nodePort}`))
  return ports.map((port) => {
    if (port.nodePort) return port
    const before = old.find((one) => one.protocol === port.protocol && one.port === port.port)
    if (!before?.nodePort || used.has(`${port.protocol}/${before.nodePort}`)) return port
    return { ...port, nodePort: before.nodePort }
  })
}

function dropped(next: Service, old: Service): Service {
  const spec = next.spec ?? {}
  const before = old.spec ?? {}
  const unchanged = (field: keyof ServiceSpec) => equal(spec[field], before[field])
  const drop: Partial<Record<keyof ServiceSpec, undefined>> = {}
  if (needsClusterIP(old) && !needsClusterIP(next) && unchanged('clusterIPs')) {
    Object.assign(drop, { clusterIP: undefined, clusterIPs: undefined })
    if (unchanged('ipFamilies')) drop.ipFamilies = undefined
    if (unchanged('ipFamilyPolicy')) drop.ipFamilyPolicy = undefined
  }
  if (!needsClusterIP(old) && needsClusterIP(next) && unchanged('externalName')) drop.externalName = undefined
  if (needsClusterIP(old) && !needsClusterIP(next) && unchanged('internalTrafficPolicy'))
    drop.internalTrafficPolicy = undefined
  if (isExternallyAccessible(old) && !isExternallyAccessible(next) && unchanged('externalTrafficPolicy'))
    drop.externalTrafficPolicy = undefined
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(next) && unchanged('healthCheckNodePort'))
    drop.healthCheckNodePort = undefined
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (unchanged('allocateLoadBalancerNodePorts')) drop.allocateLoadBalancerNodePorts = undefined
    if (unchanged('loadBalancerClass')) drop.loadBalancerClass = undefined
  }
  const ports =
    mayHaveNodePorts(old) && !mayHaveNodePorts(next) ? withoutNodePorts(spec.ports, before.ports) : spec.ports
  const result = defined({ ...spec, ...drop, ...(ports ? { ports } : {}) }) as ServiceSpec
  return { ...next, spec: result }
}

function withoutNodePorts(
  ports: readonly ServicePort[] | undefined,
  old: readonly ServicePort[] | undefined,
): readonly ServicePort[] | undefined {
  const numbers = (list: readonly ServicePort[] | undefined) =>
    new Set((list ?? []).map(({ nodePort }) => nodePort ?? 0))
  const [now, before] = [numbers(ports), numbers(old)]
  if (now.size !== before.size || [...now].some((one) => !before.has(one))) return ports
  return ports?.map(({ nodePort: _, ...port }) => port)
}
