import * as api from '../../../../api/index.ts'
import type {
  EndpointAddress,
  EndpointPort,
  Endpoints,
  EndpointSubset,
  Pod,
  Service,
} from '../../../../api/index.ts'
import {
  controller,
  create,
  equal,
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  remove,
  splitKey,
  uidOf,
  update,
  watch,
  type Controller,
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
import { annotate, TriggerTimes } from './trigger-time.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const HEADLESS = 'service.kubernetes.io/headless'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'
/** More do not fit into one object; EndpointSlices exist because of this. */
const MAX_ADDRESSES = 1000

interface Subset {
  readonly ports: readonly EndpointPort[]
  readonly ready: EndpointAddress[]
  readonly notReady: EndpointAddress[]
}

/** Keeps the Endpoints of a Service, the deprecated one-object form of its EndpointSlices. */
export function endpointsController(): Controller {
  const triggerTimes = new TriggerTimes()
  return controller<Service>({
    name: 'endpoint-controller',
    for: api.service,
    indexes: selectionIndexes,
    watches: [
      watchSelectedPods,
      watch(
        api.endpoints,
        (endpoints) => [keyOf(endpoints)],
        (next) => next === undefined,
      ),
    ],
    reconcile(service, context) {
      if (!hasEndpoints(service)) return []
      const pods = podsOf(service, context)
      const triggerTime = triggerTimes.next(service, pods)
      const current = context.get(api.endpoints, namespaceOf(service), nameOf(service))
      const desired = desiredEndpoints(service, pods, current)
      const metadata = {
        ...desired.metadata,
        annotations: annotate(desired.metadata?.annotations, triggerTime),
      }
      if (!current) return [create(api.endpoints, { ...desired, metadata })]
      if (isSame(desired, current)) return []
      return [update(api.endpoints, { ...desired, metadata })]
    },
    gone(key, context) {
      triggerTimes.forget(key)
      const { namespace, name } = splitKey(key)
      const left = context.get(api.endpoints, namespace, name)
      return left ? [remove(api.endpoints, left)] : []
    },
  })
}

function isSame(desired: Endpoints, current: Endpoints): boolean {
  return (
    equal(desired.subsets, current.subsets) &&
    equal(desired.metadata?.labels, current.metadata?.labels) &&
    desired.metadata?.annotations?.[OVER_CAPACITY] === current.metadata?.annotations?.[OVER_CAPACITY]
  )
}

function desiredEndpoints(service: Service, pods: readonly Pod[], current: Endpoints | undefined): Endpoints {
  const { subsets, isTruncated } = truncate(subsetsOf(service, pods))
  const { [OVER_CAPACITY]: _, ...annotations } = current?.metadata?.annotations ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...current?.metadata,
      name: nameOf(service),
      namespace: namespaceOf(service),
      labels: {
        ...service.metadata?.labels,
        [MANAGED_BY]: 'endpoint-controller',
        ...(service.spec?.clusterIP === 'None' && { [HEADLESS]: '' }),
      },
      annotations: { ...annotations, ...(isTruncated && { [OVER_CAPACITY]: 'truncated' }) },
    },
    ...(subsets.length > 0 && { subsets }),
  }
}

/** One subset for every set of ports that Pods resolve the Service's ports to. */
function subsetsOf(service: Service, pods: readonly Pod[]): Subset[] {
  const publishesAll = service.spec?.publishNotReadyAddresses === true
  const subsets = new Map<string, Subset>()
  let known = entries.get(service)
  if (!known) entries.set(service, (known = new WeakMap()))
  for (const pod of pods) {
    let entry = known.get(pod)
    if (!entry) known.set(pod, (entry = entryFor(service, pod, publishesAll)))
    if (!entry.address) continue
    let subset = subsets.get(entry.key)
    if (!subset) subsets.set(entry.key, (subset = { ports: entry.ports, ready: [], notReady: [] }))
    ;(entry.isReady ? subset.ready : subset.notReady).push(entry.address)
  }
  for (const { ready, notReady } of subsets.values()) {
    ready.sort(byAddress)
    notReady.sort(byAddress)
  }
  return [...subsets.values()]
}

function portsFor(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = []
  for (const servicePort of service.spec?.ports ?? []) {
    const port = targetPortOf(servicePort, pod)
    if (port === undefined) continue
    const { name, protocol = 'TCP', appProtocol } = servicePort
    ports.push({ ...(name && { name }), port, protocol, ...(appProtocol && { appProtocol }) })
  }
  return ports.sort((a, b) =>
    a.protocol! < b.protocol! ? -1 : a.protocol! > b.protocol! ? 1 : a.port - b.port,
  )
}

/** What one version of a Pod is to one version of a Service. */
interface Entry {
  readonly key: string
  readonly ports: readonly EndpointPort[]
  readonly isReady: boolean
  /** None for a Pod that is no endpoint. */
  readonly address: EndpointAddress | undefined
}

/** Pods and Services are immutable, so the entry of a pair is made once, and known again by whoever looks at the Endpoints. */
const entries = new WeakMap<Service, WeakMap<Pod, Entry>>()

function entryFor(service: Service, pod: Pod, publishesAll: boolean): Entry {
  const ports = portsFor(service, pod)
  const hasPorts = ports.length > 0 || (service.spec?.ports ?? []).length === 0
  const isEndpoint = hasAddress(pod) && (!isDeleting(pod) || publishesAll) && hasPorts
  return {
    key: ports.map(({ name, protocol, port }) => `${name ?? ''}/${protocol}/${port}`).join(','),
    ports,
    isReady: publishesAll || isReady(pod),
    address: isEndpoint ? addressFor(service, pod) : undefined,
  }
}

function addressFor(service: Service, pod: Pod): EndpointAddress {
  const hostname = hostnameIn(service, pod)
  return {
    ip: addressOf(pod, service.spec?.ipFamilies?.[0] ?? 'IPv4') ?? pod.status!.podIP!,
    ...(hostname && { hostname }),
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
  }
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1
}

/** Ready addresses have precedence. */
function truncate(all: readonly Subset[]): { subsets: EndpointSubset[]; isTruncated: boolean } {
  let room = MAX_ADDRESSES
  let isTruncated = false
  const take = (addresses: readonly EndpointAddress[]): readonly EndpointAddress[] => {
    if (addresses.length > room) isTruncated = true
    const taken = addresses.slice(0, room)
    room -= taken.length
    return taken
  }
  const ready = all.map((subset) => take(subset.ready))
  const notReady = all.map((subset) => take(subset.notReady))
  const subsets = all.map(({ ports }, position) => ({
    ...(ready[position]!.length > 0 && { addresses: ready[position]! }),
    ...(notReady[position]!.length > 0 && { notReadyAddresses: notReady[position]! }),
    ...(ports.length > 0 && { ports }),
  }))
  return { subsets: subsets.filter((subset) => subset.addresses || subset.notReadyAddresses), isTruncated }
}
