import type { Pod, PriorityClass } from '../../../../api/generated/types.ts'
import { priorityClass as priorityClasses } from '../../../../api/kinds/priority-class.ts'
import { forbidden, StatusError } from '../../../../api/status.ts'
import type { AdmissionPlugin } from './admission.ts'

/** Priority: the class's name becomes the number that the scheduler compares. */
export const priority: AdmissionPlugin = ({ server, kind }, object) => {
  if (kind.kind !== 'Pod') return object
  const pod = object as Pod
  const spec = pod.spec ?? { containers: [] }
  const name = spec.priorityClassName
  const found = name
    ? server.store.read(priorityClasses, '', name)
    : server.store.list(priorityClasses).find((one) => (one as unknown as PriorityClass).globalDefault)
  if (name && !found) {
    throw new StatusError(
      forbidden(kind, pod.metadata?.name ?? '', `no PriorityClass with name ${name} was found`),
    )
  }
  const chosen = found as unknown as PriorityClass | undefined
  const value = chosen?.value ?? 0
  if (spec.priority !== undefined && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`
    throw new StatusError(forbidden(kind, pod.metadata?.name ?? '', why))
  }
  const preemptionPolicy = spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? 'PreemptLowerPriority'
  const className = chosen?.metadata?.name
  return {
    ...pod,
    spec: {
      ...spec,
      priority: value,
      preemptionPolicy,
      ...(className ? { priorityClassName: className } : {}),
    },
  }
}
