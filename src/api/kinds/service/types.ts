import type { Service } from '../../generated/types.ts'

/** Which parts of a Service its type brings. */
export const needsClusterIP = ({ spec }: Service): boolean => spec?.type !== 'ExternalName'

export const isHeadless = ({ spec }: Service): boolean =>
  spec?.clusterIPs?.[0] === 'None' || spec?.clusterIP === 'None'

export const isExternallyAccessible = ({ spec }: Service): boolean =>
  spec?.type === 'NodePort' ||
  spec?.type === 'LoadBalancer' ||
  (spec?.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)

export const needsNodePorts = ({ spec }: Service): boolean =>
  spec?.type === 'NodePort' || (spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

export const mayHaveNodePorts = ({ spec }: Service): boolean =>
  spec?.type === 'NodePort' || spec?.type === 'LoadBalancer'

/** The cloud asks each node on a port of its own whether it has endpoints. */
export const needsHealthCheckNodePort = ({ spec }: Service): boolean =>
  spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
