import * as api from '../../../../api/index.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../api/index.ts'
import { controller, isDeleting, uidOf, updateStatus, watch } from '../../../../client/index.ts'
import { withoutFinalizer } from './finalizers.ts'

/** Says of each volume whether it is free, bound or left behind, and keeps it for as long as it is bound. */
export const persistentVolumes = controller<PersistentVolume>({
  name: 'persistentvolume-controller',
  for: api.persistentVolume,
  workers: 1,
  watches: [
    watch<PersistentVolumeClaim>(api.persistentVolumeClaim, ({ spec }) =>
      spec?.volumeName ? [spec.volumeName] : [],
    ),
  ],
  reconcile(volume, context) {
    const reference = volume.spec?.claimRef
    const claim =
      reference && context.get(api.persistentVolumeClaim, reference.namespace, reference.name ?? '')
    const isBound = claim !== undefined && uidOf(claim) === reference?.uid
    if (isDeleting(volume))
      return isBound ? [] : withoutFinalizer(api.persistentVolume, volume, 'kubernetes.io/pv-protection')
    const phase = isBound ? volume.status?.phase : reference?.uid ? 'Released' : 'Available'
    if (phase === volume.status?.phase) return []
    const lastPhaseTransitionTime = context.simulation.timestamp()
    return [updateStatus(api.persistentVolume, { ...volume, status: { phase, lastPhaseTransitionTime } })]
  },
})
