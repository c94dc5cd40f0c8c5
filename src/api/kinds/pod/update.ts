import type { FieldErrors } from '../../field-errors.ts'
import type { Pod, PodSpec } from '../../generated/types.ts'
import { equal } from '../../objects.ts'

const FORBIDDEN =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** A running Pod is nearly immutable: images, deadlines and more tolerations are all that may change. */
export function validatePodUpdate(next: Pod, old: Pod, errors: FieldErrors): void {
  const after = next.spec ?? { containers: [] }
  const before = old.spec ?? { containers: [] }
  if (after.containers.length !== before.containers.length) {
    errors.forbidden('spec.containers', 'pod updates may not add or remove containers')
    return
  }
  if ((after.initContainers ?? []).length !== (before.initContainers ?? []).length) {
    errors.forbidden('spec.initContainers', 'pod updates may not add or remove containers')
    return
  }
  const added = after.tolerations ?? []
  if (
    (before.tolerations ?? []).some(
      (toleration) =>
        !added.some((one) =>
          equal({ ...one, tolerationSeconds: 0 }, { ...toleration, tolerationSeconds: 0 }),
        ),
    )
  ) {
    errors.forbidden(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    )
    return
  }
  // Gates may go while the Pod waits, and the node is set by its binding alone.
  const gates = (spec: PodSpec) =>
    before.schedulingGates?.length && !before.nodeName ? { ...spec, schedulingGates: [] } : spec
  if (!equal(gates(mutable(after, before)), gates(before))) errors.forbidden('spec', FORBIDDEN)
}

/** The new spec with what may change put back as it was. */
function mutable(after: PodSpec, before: PodSpec): PodSpec {
  const images = <T extends { readonly image?: string }>(
    list: readonly T[] | undefined,
    old: readonly T[] | undefined,
  ) => list?.map((container, index) => ({ ...container, image: old?.[index]?.image }))
  const changed = {
    ...after,
    containers: images(after.containers, before.containers)!,
    initContainers: images(after.initContainers, before.initContainers),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    tolerations: before.tolerations,
    ephemeralContainers: before.ephemeralContainers,
  }
  return changed as PodSpec
}
