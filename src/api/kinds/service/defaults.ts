import type { Service, ServicePort, ServiceSpec } from '../../generated/types.ts'
import { defined } from '../../objects.ts'

/** What a Service says when it says nothing. */
export function defaultService(service: Service): Service {
  const spec = service.spec ?? {}
  const type = spec.type ?? 'ClusterIP'
  const sessionAffinity = spec.sessionAffinity ?? 'None'
  const external =
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)
  const defaulted: ServiceSpec = defined({
    ...spec,
    ...(spec.ports ? { ports: spec.ports.map(defaultPort) } : {}),
    type,
    sessionAffinity,
    sessionAffinityConfig:
      sessionAffinity === 'ClientIP'
        ? { clientIP: { timeoutSeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800 } }
        : sessionAffinity === 'None'
          ? undefined
          : spec.sessionAffinityConfig,
    externalTrafficPolicy: spec.externalTrafficPolicy ?? (external ? 'Cluster' : undefined),
    internalTrafficPolicy: spec.internalTrafficPolicy ?? (type === 'ExternalName' ? undefined : 'Cluster'),
    allocateLoadBalancerNodePorts:
      spec.allocateLoadBalancerNodePorts ?? (type === 'LoadBalancer' ? true : undefined),
  } as ServiceSpec)
  const ingress = service.status?.loadBalancer?.ingress
  const status = ingress?.some(({ ip, ipMode }) => ip && !ipMode)
    ? {
        ...service.status,
        loadBalancer: {
          ingress: ingress.map((one) => (one.ip && !one.ipMode ? { ...one, ipMode: 'VIP' } : one)),
        },
      }
    : service.status
  return status ? { ...service, spec: defaulted, status } : { ...service, spec: defaulted }
}

/** Clients older than dual-stack know only `clusterIP`. No default: whoever left out the list does not manage it. */
export function withClusterIPs(service: Service): Service {
  const { clusterIP, clusterIPs } = service.spec ?? {}
  if (!clusterIP || clusterIPs?.length) return service
  return { ...service, spec: { ...service.spec, clusterIPs: [clusterIP] } }
}

function defaultPort(port: ServicePort): ServicePort {
  if (port.protocol && port.targetPort) return port
  const targetPort =
    port.targetPort === undefined || port.targetPort === 0 || port.targetPort === ''
      ? (port.port ?? 0)
      : port.targetPort
  return { ...port, protocol: port.protocol ?? 'TCP', targetPort }
}
