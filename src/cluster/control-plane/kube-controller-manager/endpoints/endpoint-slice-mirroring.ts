import * as api from '../../../../api/index.ts'
import type {
  Endpoint,
  EndpointAddress,
  Endpoints,
  EndpointSlice,
  EndpointSubset,
} from '../../../../api/index.ts'
import {
  controller,
  controllerReference,
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  watch,
} from '../../../../client/index.ts'
import { inHashOrder } from './port-order.ts'
import { endpointKey, reconcileSlices, type DesiredGroup } from './slice-diff.ts'

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SERVICE_NAME = 'kubernetes.io/service-name'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const ENDPOINTS_MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
])

/** Copies Endpoints that a user wrote for a Service without selector into EndpointSlices, which is what kube-proxy reads. */
export const endpointSliceMirroring = controller<Endpoints>({
  name: 'endpointslicemirroring-controller',
  for: api.endpoints,
  owns: [api.endpointSlice],
  watches: [watch(api.service, (service) => [keyOf(service)])],
  reconcile(endpoints, context) {
    const service = context.get(api.service, namespaceOf(endpoints), nameOf(endpoints))
    const isMirrored = service !== undefined && !service.spec?.selector && isByHand(endpoints)
    return reconcileSlices({
      existing: context.ownedBy(api.endpointSlice, endpoints).filter((slice) => !isDeleting(slice)),
      groups: isMirrored ? (endpoints.subsets ?? []).flatMap(groupsOf) : [],
      template: sliceTemplate(endpoints),
      triggerTime: endpoints.metadata?.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'],
    })
  },
})

function isByHand(endpoints: Endpoints): boolean {
  const { labels, annotations } = endpoints.metadata ?? {}
  return (
    labels?.[SKIP] !== 'true' &&
    labels?.[ENDPOINTS_MANAGED_BY] === undefined &&
    annotations?.[LEADER] === undefined
  )
}

function sliceTemplate(endpoints: Endpoints): Pick<EndpointSlice, 'metadata'> {
  const { [SKIP]: _, ...labels } = endpoints.metadata?.labels ?? {}
  const annotations = Object.entries(endpoints.metadata?.annotations ?? {}).filter(
    ([key]) => !NOT_COPIED.has(key),
  )
  return {
    metadata: {
      generateName: `${nameOf(endpoints)}-`,
      namespace: namespaceOf(endpoints),
      labels: {
        ...labels,
        [SERVICE_NAME]: nameOf(endpoints),
        [MANAGED_BY]: 'endpointslicemirroring-controller.k8s.io',
      },
      ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
      ownerReferences: [controllerReference(endpoints, api.endpoints)],
    },
  }
}

/** One group an address family. */
function groupsOf({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): DesiredGroup[] {
  const all = [
    ...addresses.map((address) => toEndpoint(address, true)),
    ...notReadyAddresses.map((address) => toEndpoint(address, false)),
  ]
  return ['IPv4', 'IPv6'].flatMap((addressType) => {
    const mine = all.filter((endpoint) => endpoint.addresses[0]!.includes(':') === (addressType === 'IPv6'))
    if (mine.length === 0) return []
    const slicePorts = ports.map(({ name = '', protocol = 'TCP', port, appProtocol }) => ({
      name,
      protocol,
      port,
      ...(appProtocol && { appProtocol }),
    }))
    return [
      {
        addressType,
        ports: inHashOrder(slicePorts),
        endpoints: new Map(mine.map((one) => [endpointKey(one), one])),
      },
    ]
  })
}

function toEndpoint({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(targetRef && { targetRef }),
    ...(nodeName && { nodeName }),
  }
}
