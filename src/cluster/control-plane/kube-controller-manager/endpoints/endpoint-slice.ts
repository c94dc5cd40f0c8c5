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
  const entries = entriesOf(service, family)
  const zones = new Map<string, string | undefined>()
  for (const pod of pods) {
    const zone = zoneOf(pod, context, zones)
    let entry = entries.get(pod)
    if (!entry || entry.zone !== zone) entries.set(pod, (entry = entryFor(service, pod, family, zone)))
    if (!entry.endpoint) continue
    let group = groups.get(entry.key)
    if (!group) groups.set(entry.key, (group = { ports: inHashOrder(entry.ports), endpoints: new Map() }))
    group.endpoints.set(uidOf(pod), entry.endpoint)
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

/** What one version of a Pod is to one version of a Service, in a zone. */
interface Entry {
  readonly zone: string | undefined
  readonly key: string
  readonly ports: readonly EndpointSlicePort[]
  /** None while the Pod has no address. */
  readonly endpoint: Endpoint | undefined
}

/** Pods and Services are immutable, so the entry of a pair is made once, and its endpoint then compared by reference. */
const entries = new WeakMap<Service, Map<string, WeakMap<Pod, Entry>>>()

function entriesOf(service: Service, family: string): WeakMap<Pod, Entry> {
  let families = entries.get(service)
  if (!families) entries.set(service, (families = new Map()))
  let ofFamily = families.get(family)
  if (!ofFamily) families.set(family, (ofFamily = new WeakMap()))
  return ofFamily
}

function zoneOf(
  { spec }: Pod,
  context: ReconcileContext,
  known: Map<string, string | undefined>,
): string | undefined {
  const nodeName = spec?.nodeName
  if (!nodeName) return undefined
  if (!known.has(nodeName))
    known.set(nodeName, context.get(api.node, undefined, nodeName)?.metadata?.labels?.[ZONE])
  return known.get(nodeName)
}

function entryFor(service: Service, pod: Pod, family: string, zone: string | undefined): Entry {
  const address = hasAddress(pod) ? addressOf(pod, family) : undefined
  if (!address) return { zone, key: '', ports: [], endpoint: undefined }
  return { zone, ...portsFor(service, pod), endpoint: endpointFor(service, pod, address, zone) }
}

function endpointFor(service: Service, pod: Pod, address: string, zone: string | undefined): Endpoint {
  const nodeName = pod.spec?.nodeName
  const hostname = hostnameIn(service, pod)
  const { publishNotReadyAddresses: publishesAll = false, trafficDistribution = '' } = service.spec ?? {}
  const serving = isReady(pod)
  const terminating = isDeleting(pod)
  const ready = publishesAll || (serving && !terminating)
  const hints = ready ? hintsFor(trafficDistribution, nodeName, zone) : undefined
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    ...(hints && { hints }),
  }
}
