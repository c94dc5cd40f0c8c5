import * as api from '../../../../api/index.ts'
import type { Pod, Service } from '../../../../api/index.ts'
import { matchesMap } from '../../../../api/selectors.ts'
import {
  equal,
  index,
  isDeleting,
  keyOf,
  nameOf,
  namespaceOf,
  watch,
  type ReconcileContext,
} from '../../../../client/index.ts'
import { isReady, isTerminal } from '../pods.ts'

/** Pods by each of their labels, Services by one label of their selector: from either the other is found without a search. */
export const selectionIndexes = [
  index(api.pod, 'label', (pod) => labelKeys(namespaceOf(pod), pod.metadata?.labels)),
  index(api.service, 'selector', (service) =>
    labelKeys(namespaceOf(service), service.spec?.selector).slice(0, 1),
  ),
]

/** By labels, which the Pods of one template share. */
const known = new WeakMap<object, { readonly namespace: string; readonly keys: readonly string[] }>()

function labelKeys(
  namespace: string,
  labels: Readonly<Record<string, string>> = NO_LABELS,
): readonly string[] {
  const before = known.get(labels)
  if (before?.namespace === namespace) return before.keys
  const keys = Object.entries(labels).map(([key, value]) => `${namespace}/${key}=${value}`)
  known.set(labels, { namespace, keys })
  return keys
}

const NO_LABELS = {}

/** Does a controller make the endpoints of this Service? Without a selector they are the user's business. */
export const hasEndpoints = (service: Service): boolean =>
  service.spec?.selector !== undefined && service.spec.type !== 'ExternalName'

export function podsOf(service: Service, context: ReconcileContext): readonly Pod[] {
  const [first, ...others] = labelKeys(namespaceOf(service), service.spec?.selector)
  if (first === undefined) return context.list(api.pod, namespaceOf(service))
  const pods = context.byIndex(api.pod, 'label', first)
  return others.length === 0
    ? pods
    : pods.filter((pod) => matchesMap(service.spec?.selector, pod.metadata?.labels))
}

/** Wakes the Services that select a Pod, when something changed that an endpoint shows. */
export const watchSelectedPods = watch<Pod>(api.pod, servicesSelecting, changesEndpoint)

function servicesSelecting(pod: Pod, context: ReconcileContext): string[] {
  const found: string[] = []
  for (const key of labelKeys(namespaceOf(pod), pod.metadata?.labels)) {
    for (const service of context.byIndex(api.service, 'selector', key))
      if (matchesMap(service.spec?.selector, pod.metadata?.labels)) found.push(keyOf(service))
  }
  return found
}

function changesEndpoint(next: Pod | undefined, previous: Pod | undefined): boolean {
  if (!next || !previous) return true
  return (
    !equal(next.metadata?.labels, previous.metadata?.labels) ||
    isDeleting(next) !== isDeleting(previous) ||
    isTerminal(next) !== isTerminal(previous) ||
    isReady(next) !== isReady(previous) ||
    next.status?.podIP !== previous.status?.podIP ||
    next.spec?.nodeName !== previous.spec?.nodeName ||
    next.spec?.hostname !== previous.spec?.hostname ||
    next.spec?.subdomain !== previous.spec?.subdomain ||
    next.metadata?.uid !== previous.metadata?.uid
  )
}

export const hasAddress = (pod: Pod): boolean => pod.status?.podIP !== undefined && !isTerminal(pod)

/** The Pod's address of a family, when it has one. */
export function addressOf(pod: Pod, family: string): string | undefined {
  const isIPv6 = family === 'IPv6'
  const { podIP, podIPs } = pod.status ?? {}
  if (podIP !== undefined && podIP.includes(':') === isIPv6) return podIP
  return podIPs?.find(({ ip }) => ip.includes(':') === isIPv6)?.ip
}

/** A Pod's own name in the domain of a headless Service. */
export function hostnameIn(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {}
  return hostname && subdomain === nameOf(service) ? hostname : undefined
}

/** The port of the Pod that a port of the Service leads to; undefined when its name is none of the Pod's. */
export function targetPortOf(port: api.ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...(pod.spec?.containers ?? []), ...sidecars]
    .flatMap(({ ports }) => ports ?? [])
    .find(({ name, protocol }) => name === target && (protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    ?.containerPort
}
