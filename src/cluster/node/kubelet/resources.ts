import type { Container, Pod, ResourceFieldSelector } from '../../../api/generated/types.ts'
import { quantityValue } from '../../../api/quantity.ts'

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
