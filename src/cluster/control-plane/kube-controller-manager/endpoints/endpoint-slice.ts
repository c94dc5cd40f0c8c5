import * as api from '../../../../api/index.ts'
import type { Endpoint, EndpointSlice, EndpointSlicePort, Node, Pod, Service } from '../../../../api/index.ts'
import {
  controller,
  controllerReference,
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  uidOf,
  watch,
  type Controller,
  type ReconcileContext,
} from '../../../../client/index.ts'
import { isReady } from '../pods.ts'
import {
  addressOf,
  hasAddress,
  hasEndpoints,
  hostnameIn,
  podsOf,
  selectionIndexes,
  targetPortOf,
  watchSelectedPods,
} from './selection.ts'
import { hintsFor } from './hints.ts'
import { inHashOrder } from './port-order.ts'
import { reconcileSlices, type DesiredGroup } from './slice-diff.ts'
import { TriggerTimes } from './trigger-time.ts'

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SERVICE_NAME = 'kubernetes.io/service-name'
const HEADLESS = 'service.kubernetes.io/headless'
const ZONE = 'topology.kubernetes.io/zone'

/** Keeps a Service's EndpointSlices equal to the Pods its selector matches. */
export function endpointSliceController(): Controller {
  const triggerTimes = new TriggerTimes()
  return controller<Service>({
    name: 'endpointslice-controller',
    for: api.service,
    owns: [api.endpointSlice],
    indexes: selectionIndexes,
    watches: [watchSelectedPods, watch(api.node, allServices, changesZone)],
    reconcile(service, context) {
      if (!hasEndpoints(service) || isDeleting(service)) return []
      const pods = podsOf(service, context)
      return reconcileSlices({
        existing: context.ownedBy(api.endpointSlice, service).filter((slice) => !isDeleting(slice)),
        groups: (service.spec?.ipFamilies ?? ['IPv4']).flatMap((family) =>
          groupsOf(service, pods, family, context),
        ),
        template: sliceTemplate(service),
        triggerTime: triggerTimes.next(service, pods),
      })
    },
    gone(key) {
      triggerTimes.forget(key)
      return []
    },
  })
}

function allServices(_: Node, context: ReconcileContext): string[] {
  return context.list(api.service).map(keyOf)
}

/** A node that is new or gone changes no endpoint by itself; its zone does. */
function changesZone(next: Node | undefined, previous: Node | undefined): boolean {
  return next !== undefined && next.metadata?.labels?.[ZONE] !== previous?.metadata?.labels?.[ZONE]
}

function sliceTemplate(service: Service): Pick<EndpointSlice, 'metadata'> {
  return {
    metadata: {
      generateName: `${nameOf(service)}-`,
      namespace: namespaceOf(service),
      labels: {
        ...service.metadata?.labels,
        [MANAGED_BY]: 'endpointslice-controller.k8s.io',
        [SERVICE_NAME]: nameOf(service),
        ...(service.spec?.clusterIP === 'None' && { [HEADLESS]: '' }),
      },
      ownerReferences: [controllerReference(service, api.service)],
    },
  }
}

/** The endpoints of one address family, grouped by the ports their Pods give the Service's port names; at least one group. */
function groupsOf(
  service: Service,
  pods: readonly Pod[],
  family: string,
  context: ReconcileContext,
): DesiredGroup[] {
  const groups = new Map<string, { ports: readonly EndpointSlicePort[]; endpoints: Map<string, Endpoint> }>()
  for (const pod of pods) {
    if (!hasAddress(pod)) continue
    const address = addressOf(pod, family)
    if (!address) continue
    const { key, ports } = portsFor(service, pod)
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { ports: inHashOrder(ports), endpoints: new Map() }))
    group.endpoints.set(uidOf(pod), endpointFor(service, pod, address, context))
  }
  if (groups.size === 0) return [{ addressType: family, ports: [], endpoints: new Map() }]
  return [...groups.values()].map((group) => ({ addressType: family, ...group }))
}

function portsFor(service: Service, pod: Pod): { key: string; ports: readonly EndpointSlicePort[] } {
  const ports: EndpointSlicePort[] = []
  let key = ''
  for (const servicePort of service.spec?.ports ?? []) {
    const port = targetPortOf(servicePort, pod)
    if (port === undefined) continue
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    ports.push({ name, protocol, port, ...(appProtocol && { appProtocol }) })
    key += `${name}/${protocol}/${port}/${appProtocol ?? ''},`
  }
  return { key, ports }
}

interface Cached {
  readonly variant: string
  readonly endpoint: Endpoint
}

/** Pods are immutable, so the endpoint of one is made once and then compared by reference. */
const cache = new WeakMap<Pod, Cached>()

function endpointFor(service: Service, pod: Pod, address: string, context: ReconcileContext): Endpoint {
  const nodeName = pod.spec?.nodeName
  const zone = nodeName ? context.get(api.node, undefined, nodeName)?.metadata?.labels?.[ZONE] : undefined
  const hostname = hostnameIn(service, pod)
  const { publishNotReadyAddresses: publishesAll = false, trafficDistribution = '' } = service.spec ?? {}
  const variant = [address, zone, hostname, publishesAll, trafficDistribution].join('|')
  const cached = cache.get(pod)
  if (cached?.variant === variant) return cached.endpoint
  const serving = isReady(pod)
  const terminating = isDeleting(pod)
  const ready = publishesAll || (serving && !terminating)
  const hints = ready ? hintsFor(trafficDistribution, nodeName, zone) : undefined
  const endpoint: Endpoint = {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    ...(hints && { hints }),
  }
  cache.set(pod, { variant, endpoint })
  return endpoint
}
