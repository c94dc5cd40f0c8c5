import * as api from '../../../../api/index.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../../api/index.ts'
import { quantityValue } from '../../../../api/quantity.ts'
import { matchesObject } from '../../../../api/selectors.ts'
import {
  controller,
  event,
  isDeleting,
  nameOf,
  namespaceOf,
  requeueAfter,
  uidOf,
  update,
  updateStatus,
  watch,
  type ReconcileContext,
  type Write,
} from '../../../../client/index.ts'
import { isTerminal } from '../pods.ts'
import { withoutFinalizer } from './finalizers.ts'

/** Claims without a volume are looked at again at this pace, whatever becomes of volumes meanwhile. */
const RESYNC_MS = 15_000
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'

/** Finds each claim the smallest volume that will do, and keeps a claim for as long as a Pod uses it. */
export const persistentVolumeClaims = controller<PersistentVolumeClaim>({
  name: 'persistentvolume-controller',
  for: api.persistentVolumeClaim,
  workers: 1,
  watches: [watch<Pod>(api.pod, claimsOf, (next) => !next || isTerminal(next))],
  reconcile(claim, context) {
    if (isDeleting(claim))
      return isUsed(claim, context)
        ? []
        : withoutFinalizer(api.persistentVolumeClaim, claim, 'kubernetes.io/pvc-protection')
    if (claim.status?.phase === 'Bound') return []
    const volume = volumeFor(claim, context)
    if (volume) return bind(volume, claim, context)
    const again = requeueAfter(RESYNC_MS - (context.nowMs % RESYNC_MS))
    return claim.spec?.volumeName ? [again] : [whyUnbound(claim, context), again]
  },
})

function claimsOf(pod: Pod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [`${namespaceOf(pod)}/${persistentVolumeClaim.claimName}`] : [],
  )
}

function isUsed(claim: PersistentVolumeClaim, context: ReconcileContext): boolean {
  const key = `${namespaceOf(claim)}/${nameOf(claim)}`
  return context
    .list(api.pod, namespaceOf(claim))
    .some((pod) => !isTerminal(pod) && claimsOf(pod).includes(key))
}

/** The volume that the claim names or that names the claim; else the smallest free one that has what it asks for. */
function volumeFor(claim: PersistentVolumeClaim, context: ReconcileContext): PersistentVolume | undefined {
  const free = context
    .list(api.persistentVolume)
    .filter((volume) => !isDeleting(volume) && isFreeFor(volume, claim))
  const wanted = claim.spec?.volumeName
  if (wanted) return free.find((volume) => nameOf(volume) === wanted)
  const size = (volume: PersistentVolume) => quantityValue(volume.spec?.capacity?.['storage'])
  const reserved = free.find(({ spec }) => spec?.claimRef)
  return (
    reserved ??
    free
      .filter((volume) => volume.status?.phase === 'Available' && satisfies(volume, claim))
      .sort((a, b) => size(a) - size(b) || (nameOf(a) < nameOf(b) ? -1 : 1))[0]
  )
}

function isFreeFor({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const reference = spec?.claimRef
  if (!reference) return true
  const isNamed = reference.namespace === namespaceOf(claim) && reference.name === nameOf(claim)
  return isNamed && (!reference.uid || reference.uid === uidOf(claim))
}

function satisfies({ spec, metadata }: PersistentVolume, { spec: wish }: PersistentVolumeClaim): boolean {
  return (
    (spec?.storageClassName ?? '') === (wish?.storageClassName ?? '') &&
    spec?.volumeMode === wish?.volumeMode &&
    (wish?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode)) &&
    quantityValue(spec?.capacity?.['storage']) >= quantityValue(wish?.resources?.requests?.['storage']) &&
    (!wish?.selector || matchesObject(wish.selector, metadata?.labels))
  )
}

/** First the volume points at the claim, then the claim at the volume; each says so in its status. */
function bind(volume: PersistentVolume, claim: PersistentVolumeClaim, context: ReconcileContext): Write[] {
  const { name, namespace, uid, resourceVersion } = claim.metadata!
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion }
  const reserved = {
    ...volume,
    metadata: annotated(volume.metadata, BOUND_BY_CONTROLLER),
    spec: { ...volume.spec, claimRef },
  } as PersistentVolume
  return [
    update(api.persistentVolume, reserved, {
      after: (result) =>
        result.ok ? [boundVolume(result.object, context), ...bindClaim(volume, claim)] : [],
    }),
  ]
}

const boundVolume = (volume: PersistentVolume, { simulation }: ReconcileContext): Write =>
  updateStatus(api.persistentVolume, {
    ...volume,
    status: { ...volume.status, phase: 'Bound', lastPhaseTransitionTime: simulation.timestamp() },
  })

function bindClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): Write[] {
  const bound = {
    ...claim,
    metadata: annotated(
      claim.metadata,
      BIND_COMPLETED,
      ...(claim.spec?.volumeName ? [] : [BOUND_BY_CONTROLLER]),
    ),
    spec: { ...claim.spec, volumeName: nameOf(volume) },
  } as PersistentVolumeClaim
  const { accessModes, capacity } = volume.spec ?? {}
  const storage = capacity?.['storage'] ?? '0'
  const status = { phase: 'Bound', ...(accessModes && { accessModes }), capacity: { storage } }
  return [
    update(api.persistentVolumeClaim, bound, {
      after: (result) =>
        result.ok ? [updateStatus(api.persistentVolumeClaim, { ...result.object, status })] : [],
    }),
  ]
}

const annotated = (metadata: api.ObjectMeta | undefined, ...names: readonly string[]): api.ObjectMeta => ({
  ...metadata,
  annotations: { ...metadata?.annotations, ...Object.fromEntries(names.map((name) => [name, 'yes'])) },
})

function whyUnbound(claim: PersistentVolumeClaim, context: ReconcileContext): Write {
  const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    event(api.persistentVolumeClaim, claim, type, reason, message)
  const className = claim.spec?.storageClassName ?? ''
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return say('Normal', 'FailedBinding', message)
  }
  const storageClass = context.get(api.storageClass, undefined, className)
  if (!storageClass)
    return say('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer') {
    const message = 'waiting for first consumer to be created before binding'
    return say('Normal', 'WaitForFirstConsumer', message)
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  return say('Normal', 'ExternalProvisioning', message)
}
