import type { Container, Pod } from '../../../api/index.ts'
import { quantityMillis, quantityValue } from '../../../api/quantity.ts'

/** Amounts by resource name: CPU in millicores, everything else in its unit. */
export type Amounts = ReadonlyMap<string, number>

const NONE: Amounts = new Map()
/** What a Pod that asks for nothing counts as when nodes are compared. */
const DEFAULT_CPU_MILLIS = 100
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024

export function amountsOf(list: Readonly<Record<string, string>> | undefined): Amounts {
  if (!list) return NONE
  return new Map(
    Object.entries(list).map(([name, text]) => [
      name,
      name === 'cpu' ? quantityMillis(text) : quantityValue(text),
    ]),
  )
}

const cached = new WeakMap<object, Amounts>()

/**
 * What a Pod takes on a node: the sum of its containers and sidecars, or the largest init container when that needs
 * more, and the overhead of its runtime class.
 */
export function requestsOf(pod: Pod): Amounts {
  const spec = pod.spec
  if (!spec) return NONE
  const known = cached.get(spec)
  if (known) return known
  const initContainers = spec.initContainers ?? []
  const running = sum([...spec.containers, ...initContainers.filter(isSidecar)])
  const starting = initContainers.filter((container) => !isSidecar(container)).map(requestsOfContainer)
  for (const need of starting) {
    for (const [name, amount] of need) running.set(name, Math.max(amount, running.get(name) ?? 0))
  }
  for (const [name, amount] of amountsOf(spec.overhead)) running.set(name, amount + (running.get(name) ?? 0))
  cached.set(spec, running)
  return running
}

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always'
const requestsOfContainer = (container: Container): Amounts => amountsOf(container.resources?.requests)

function sum(containers: readonly Container[]): Map<string, number> {
  const total = new Map<string, number>()
  for (const container of containers) {
    for (const [name, amount] of requestsOfContainer(container))
      total.set(name, amount + (total.get(name) ?? 0))
  }
  return total
}

/** For scores: as if each container without a request asked for a little. */
export function nonZeroRequestsOf(pod: Pod): { cpu: number; memory: number } {
  const containers = pod.spec?.containers.length ?? 0
  const requests = requestsOf(pod)
  return {
    cpu: requests.get('cpu') ?? containers * DEFAULT_CPU_MILLIS,
    memory: requests.get('memory') ?? containers * DEFAULT_MEMORY_BYTES,
  }
}

/** `port/protocol` of every host port that a Pod takes; the address is `0.0.0.0` unless it names one. */
export function hostPortsOf(pod: Pod): readonly { readonly ip: string; readonly key: string }[] {
  return (pod.spec?.containers ?? []).flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ hostPort, hostIP, protocol }) =>
      hostPort ? [{ ip: hostIP || '0.0.0.0', key: `${hostPort}/${protocol ?? 'TCP'}` }] : [],
    ),
  )
}
