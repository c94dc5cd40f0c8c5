import type { EndpointSlice, Service, ServicePort as ApiServicePort } from '../../../api/generated/types.ts'

/** A port of a Service as kube-proxy sees it: everything that decides about its rules. */
export interface ServicePort {
  /** `namespace/name:port`, as comments and chain names have it. */
  readonly name: string
  /** `namespace/name`. */
  readonly service: string
  readonly portName: string
  readonly protocol: 'tcp' | 'udp'
  readonly clusterIP: string
  readonly port: number
  readonly nodePort: number
  readonly externalIPs: readonly string[]
  /** Load balancer addresses that packets keep on their way to the node (`ipMode: VIP`). */
  readonly loadBalancerVIPs: readonly string[]
  readonly sourceRanges: readonly string[]
  /** `sessionAffinity: ClientIP`: for how long; 0 without. */
  readonly affinitySeconds: number
  readonly internalLocal: boolean
  readonly externalLocal: boolean
  readonly healthCheckNodePort: number
}

/** One address and port behind a Service port. */
export interface ServiceEndpoint {
  readonly ip: string
  readonly port: number
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly nodeName: string | undefined
  readonly forZones: readonly string[] | undefined
  readonly forNodes: readonly string[] | undefined
}

/** Where kube-proxy runs: what makes an endpoint local or near. */
export interface ProxyNode {
  readonly name: string
  readonly ip: string
  readonly zone?: string
}

/** The ports kube-proxy serves: none of headless and ExternalName Services, nor of one without an IPv4 address. */
export function servicePorts(service: Service): ServicePort[] {
  const { spec, status, metadata } = service
  const clusterIP = (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).find((ip) => ip.includes('.'))
  if (!spec || spec.type === 'ExternalName' || !clusterIP) return []
  const ingress = spec.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : []
  const common = {
    clusterIP,
    externalIPs: (spec.externalIPs ?? []).filter((ip) => !ip.includes(':')),
    loadBalancerVIPs: ingress.flatMap(({ ip, ipMode }) =>
      ip && !ip.includes(':') && ipMode !== 'Proxy' ? [ip] : [],
    ),
    sourceRanges: (spec.loadBalancerSourceRanges ?? [])
      .map((range) => range.trim())
      .filter((range) => !range.includes(':')),
    affinitySeconds: affinitySeconds(spec),
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: spec.externalTrafficPolicy === 'Local',
    healthCheckNodePort: spec.healthCheckNodePort ?? 0,
  }
  const { namespace = '', name = '' } = metadata ?? {}
  return (spec.ports ?? []).flatMap((port) => {
    const protocol = protocolOf(port)
    if (!protocol) return []
    const portName = port.name ?? ''
    const service = `${namespace}/${name}`
    const full = portName === '' ? service : `${service}:${portName}`
    return [
      { ...common, name: full, service, portName, protocol, port: port.port, nodePort: port.nodePort ?? 0 },
    ]
  })
}

/** The endpoints of one port out of all slices of its Service, in the order kube-proxy numbers them: by text. */
export function endpointsOf(port: ServicePort, slices: readonly EndpointSlice[]): ServiceEndpoint[] {
  const found = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const at = slice.ports?.find(
      (one) => (one.name ?? '') === port.portName && protocolOf(one) === port.protocol,
    )
    if (at?.port === undefined) continue
    for (const { addresses, conditions = {}, nodeName, hints } of slice.endpoints ?? []) {
      const ip = addresses[0]
      if (ip === undefined) continue
      const ready = conditions.ready ?? true
      const endpoint: ServiceEndpoint = {
        ip,
        port: at.port,
        ready,
        serving: conditions.serving ?? ready,
        terminating: conditions.terminating ?? false,
        nodeName,
        forZones: hints?.forZones?.map((zone) => zone.name),
        forNodes: hints?.forNodes?.map((node) => node.name),
      }
      const key = `${ip}:${at.port}`
      // The same address in two slices, while it moves from one to the other: the ready one counts.
      if (!found.has(key) || ready) found.set(key, endpoint)
    }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint)
}

/** Which endpoints the policies of a Service let a node use. */
export interface Reachable {
  /** What policy Cluster may use. */
  readonly cluster: readonly ServiceEndpoint[]
  /** What policy Local may use. */
  readonly local: readonly ServiceEndpoint[]
  /** Both, each once. */
  readonly all: readonly ServiceEndpoint[]
  /** Whether any node has an endpoint: none at all is refused, none here is dropped. */
  readonly anywhere: boolean
}

/** Ready endpoints; when there is none, those that terminate and still serve (KEP-1669). */
export function reachable(
  port: ServicePort,
  endpoints: readonly ServiceEndpoint[],
  node: ProxyNode,
): Reachable {
  const usable = endpoints.filter((endpoint) => endpoint.ready || servesWhileTerminating(endpoint))
  const isLocal = ({ nodeName }: ServiceEndpoint) => nodeName === node.name
  const cluster = usesCluster(port) ? readyElseTerminating(endpoints, (ready) => near(ready, node)) : []
  const local = usesLocal(port) ? readyElseTerminating(endpoints.filter(isLocal), (ready) => ready) : []
  const all = endpoints.filter((endpoint) => cluster.includes(endpoint) || local.includes(endpoint))
  return { cluster, local, all, anywhere: usable.length > 0 }
}

/** Whether the port can be reached from outside the cluster at all. */
export const isExternal = (port: ServicePort): boolean =>
  port.nodePort !== 0 || port.externalIPs.length > 0 || port.loadBalancerVIPs.length > 0

/** Even with both policies Local, Pods and the node itself reach external addresses through any endpoint. */
const usesCluster = (port: ServicePort): boolean => !port.internalLocal || isExternal(port)
const usesLocal = (port: ServicePort): boolean =>
  port.internalLocal || (port.externalLocal && isExternal(port))

const servesWhileTerminating = (endpoint: ServiceEndpoint) =>
  !endpoint.ready && endpoint.serving && endpoint.terminating

function readyElseTerminating(
  endpoints: readonly ServiceEndpoint[],
  choose: (ready: readonly ServiceEndpoint[]) => readonly ServiceEndpoint[],
): readonly ServiceEndpoint[] {
  const ready = choose(endpoints.filter((endpoint) => endpoint.ready))
  return ready.length > 0 ? ready : endpoints.filter(servesWhileTerminating)
}

/** Topology hints narrow the choice to this node, or zone, if every endpoint has them and one names us. */
function near(ready: readonly ServiceEndpoint[], node: ProxyNode): readonly ServiceEndpoint[] {
  const forNode = ready.filter(({ forNodes }) => forNodes?.includes(node.name))
  if (forNode.length > 0 && ready.every(({ forNodes }) => forNodes?.length)) return forNode
  const forZone = ready.filter(({ forZones }) => node.zone !== undefined && forZones?.includes(node.zone))
  if (forZone.length > 0 && ready.every(({ forZones }) => forZones?.length)) return forZone
  return ready
}

function protocolOf({ protocol = 'TCP' }: Pick<ApiServicePort, 'protocol'>): 'tcp' | 'udp' | undefined {
  return protocol === 'TCP' ? 'tcp' : protocol === 'UDP' ? 'udp' : undefined
}

/** The default of `sessionAffinityConfig.clientIP.timeoutSeconds` is three hours. */
function affinitySeconds(spec: NonNullable<Service['spec']>): number {
  return spec.sessionAffinity === 'ClientIP'
    ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
    : 0
}
