import type { Container, Pod, PodStatus, ResourceFieldSelector } from '../../../api/generated/types.ts'
import { addQuantities, compareQuantities, quantityValue } from '../../../api/quantity.ts'

/** The value of a `resourceFieldRef`: a limit that is not set is what the node can give; rounded up by the divisor. */
export function resourceValue(
  reference: ResourceFieldSelector,
  own: Container | undefined,
  pod: Pod,
  allocatable: Readonly<Record<string, string>>,
): string {
  const { containers = [], initContainers = [] } = pod.spec ?? {}
  const named = [...containers, ...initContainers].find(({ name }) => name === reference.containerName)
  const [list = '', resource = ''] = reference.resource.split(/\.(.*)/)
  const declared = (named ?? own)?.resources?.[list as 'limits' | 'requests']?.[resource]
  const quantity = declared ?? (list === 'limits' ? allocatable[resource] : undefined) ?? '0'
  const divisor = quantityValue(reference.divisor && reference.divisor !== '0' ? reference.divisor : '1')
  return String(Math.ceil(quantityValue(quantity) / divisor))
}

type Amounts = Readonly<Record<string, string>>

/**
 * What a Pod's containers have together, as its status tells: those that run at the same time added up, or what an init
 * container needs, where that is more.
 */
export function podResources({ spec }: Pod): Pick<PodStatus, 'resources' | 'allocatedResources'> {
  const requests = together(spec, 'requests')
  const limits = together(spec, 'limits')
  return {
    ...(requests && { allocatedResources: requests }),
    resources: { ...(limits && { limits }), ...(requests && { requests }) },
  }
}

function together(spec: Pod['spec'], list: 'limits' | 'requests'): Amounts | undefined {
  const { containers = [], initContainers = [] } = spec ?? {}
  const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always'
  const running = [...containers, ...initContainers.filter(isSidecar)]
  const starting = initContainers.filter((container) => !isSidecar(container))
  const amountsIn = (group: readonly Container[], name: string) =>
    group.flatMap(({ resources }) => resources?.[list]?.[name] ?? [])
  const names = new Set(
    [...running, ...starting].flatMap(({ resources }) => Object.keys(resources?.[list] ?? {})),
  )
  if (names.size === 0) return undefined
  const total = (name: string) => {
    const added = amountsIn(running, name)
    const most = [...(added.length > 0 ? [addQuantities(added)] : []), ...amountsIn(starting, name)]
    return most.reduce((a, b) => (compareQuantities(a, b) >= 0 ? a : b))
  }
  return Object.fromEntries([...names].sort().map((name) => [name, total(name)]))
}
