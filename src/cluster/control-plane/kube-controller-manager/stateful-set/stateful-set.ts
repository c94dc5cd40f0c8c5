import * as api from '../../../../api/index.ts'
import type { Pod, PodTemplateSpec, StatefulSet, StatefulSetStatus } from '../../../../api/index.ts'
import {
  controller,
  create,
  equal,
  event,
  isDeleting,
  nameOf,
  namespaceOf,
  remove,
  requeueAfter,
  updateStatus,
  type ReconcileContext,
  type RequestWrite,
  type Write,
} from '../../../../client/index.ts'
import { isAvailable, isReady, isTerminal } from '../pods.ts'
import { forgetRevisions, HASH_LABEL, historyOf, recordRevision, type History } from '../revisions.ts'
import { claimsFor, ordinalOf, podWithIdentity } from './identity.ts'
import { revisionHash } from './revision-hash.ts'

/** Keeps Pods with a name and place of their own: made in order, ended in reverse. */
export const statefulSet = controller<StatefulSet>({
  name: 'statefulset-controller',
  for: api.statefulSet,
  owns: [api.pod, api.controllerRevision],
  reconcile(statefulSet, context) {
    if (isDeleting(statefulSet)) return []
    const history = historyOf(statefulSet, context)
    const hash = hashOf(statefulSet)
    const revisions = revisionsOf(statefulSet, history, hash)
    const pods = context.ownedBy(api.pod, statefulSet).filter((pod) => ordinalOf(statefulSet, pod) >= 0)
    const steps = nextStep(statefulSet, pods, revisions, context)
    const ended = new Set(steps.flatMap((step) => (step.kind === 'delete' ? nameOf(step.object) : [])))
    const status = statusOf(statefulSet, pods, ended, revisions, context.nowMs)
    return [
      ...recordRevision(statefulSet, api.statefulSet, history, hash),
      ...steps,
      ...(equal(status, statefulSet.status)
        ? []
        : [updateStatus(api.statefulSet, { ...statefulSet, status })]),
      ...forgetRevisions(statefulSet, history, (old) =>
        [revisions.current, ...pods.map(revisionOf)].some((used) => used === `${nameOf(statefulSet)}-${old}`),
      ),
    ]
  },
})

const hashes = new WeakMap<PodTemplateSpec, string>()

function hashOf({ spec, status }: StatefulSet): string {
  const known = hashes.get(spec!.template)
  if (known !== undefined) return known
  const data = { spec: { template: { $patch: 'replace', ...spec!.template } } }
  const hash = revisionHash(data, status?.collisionCount)
  hashes.set(spec!.template, hash)
  return hash
}

interface Revisions {
  /** The revision that a rollout comes from, and the one it goes to. Names of ControllerRevisions. */
  readonly current: string
  readonly update: string
  /** The template of `current`, for Pods below the partition. */
  readonly currentTemplate: PodTemplateSpec
}

function revisionsOf(statefulSet: StatefulSet, history: History, hash: string): Revisions {
  const update = history.current ? nameOf(history.current) : `${nameOf(statefulSet)}-${hash}`
  const current = statefulSet.status?.currentRevision ?? update
  const stored = history.all.find((revision) => nameOf(revision) === current)?.data as
    { spec: { template: PodTemplateSpec & { $patch?: string } } } | undefined
  const { $patch: _, ...template } =
    stored?.spec.template ?? (statefulSet.spec!.template as PodTemplateSpec & { $patch?: string })
  return { current, update, currentTemplate: template }
}

/** The revision that a Pod was made of: its label is the revision's name. */
const revisionOf = (pod: Pod): string => pod.metadata?.labels?.[HASH_LABEL] ?? ''

const firstOrdinal = (statefulSet: StatefulSet): number => statefulSet.spec?.ordinals?.start ?? 0

/** With OrderedReady one Pod at a time; with Parallel all that are missing. */
function nextStep(
  statefulSet: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  context: ReconcileContext,
): Write[] {
  const { replicas = 1, minReadySeconds = 0, podManagementPolicy } = statefulSet.spec ?? {}
  const start = firstOrdinal(statefulSet)
  const isParallel = podManagementPolicy === 'Parallel'
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(statefulSet, pod), pod]))
  const isUp = (pod: Pod) =>
    pod.status?.phase === 'Running' && isAvailable(pod, minReadySeconds, context.nowMs) && !isDeleting(pod)
  const steps: Write[] = []
  for (let ordinal = start; ordinal < start + replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (pod && isUp(pod)) continue
    if (!pod) steps.push(...makePod(statefulSet, ordinal, revisions, context))
    else if (isTerminal(pod) && !isDeleting(pod)) steps.push(endPod(statefulSet, pod))
    if (!isParallel) return withTimer(steps, pod, minReadySeconds, context)
  }
  if (isParallel && steps.length > 0) return steps
  const surplus = pods
    .filter((pod) => ordinalOf(statefulSet, pod) < start || ordinalOf(statefulSet, pod) >= start + replicas)
    .sort((a, b) => ordinalOf(statefulSet, b) - ordinalOf(statefulSet, a))
  if (surplus.length > 0) {
    if (isParallel) return surplus.filter((pod) => !isDeleting(pod)).map((pod) => endPod(statefulSet, pod))
    return isDeleting(surplus[0]!) ? [] : [endPod(statefulSet, surplus[0]!)]
  }
  return rollOver(statefulSet, byOrdinal, revisions, isUp)
}

function withTimer(
  steps: Write[],
  pod: Pod | undefined,
  minReadySeconds: number,
  context: ReconcileContext,
): Write[] {
  const isWaiting =
    pod !== undefined &&
    minReadySeconds > 0 &&
    isReady(pod) &&
    !isAvailable(pod, minReadySeconds, context.nowMs)
  return isWaiting ? [...steps, requeueAfter(minReadySeconds * 1000)] : steps
}

/** Replaces Pods of an older revision, the highest number first, each after the one before is up again. */
function rollOver(
  statefulSet: StatefulSet,
  byOrdinal: ReadonlyMap<number, Pod>,
  revisions: Revisions,
  isUp: (pod: Pod) => boolean,
): Write[] {
  const { replicas = 1, updateStrategy } = statefulSet.spec ?? {}
  if (updateStrategy?.type === 'OnDelete') return []
  const start = firstOrdinal(statefulSet)
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0
  for (let ordinal = start + replicas - 1; ordinal >= start + partition; ordinal--) {
    const pod = byOrdinal.get(ordinal)
    if (!pod || isDeleting(pod)) return []
    if (revisionOf(pod) !== revisions.update) return [endPod(statefulSet, pod)]
    if (!isUp(pod)) return []
  }
  return []
}

function makePod(
  statefulSet: StatefulSet,
  ordinal: number,
  revisions: Revisions,
  context: ReconcileContext,
): Write[] {
  const partition = statefulSet.spec?.updateStrategy?.rollingUpdate?.partition ?? 0
  const isOld = ordinal < firstOrdinal(statefulSet) + partition
  const pod = isOld
    ? podWithIdentity(statefulSet, ordinal, revisions.current, revisions.currentTemplate)
    : podWithIdentity(statefulSet, ordinal, revisions.update)
  const claims = claimsFor(statefulSet, ordinal).filter(
    (claim) => !context.get(api.persistentVolumeClaim, namespaceOf(claim), nameOf(claim)),
  )
  return [
    ...claims.map((claim) =>
      create(api.persistentVolumeClaim, claim, {
        tolerate: ['AlreadyExists'],
        after: (result) => [
          said(statefulSet, 'Create', `Claim ${nameOf(claim)} Pod ${nameOf(pod)}`, result.ok, result),
        ],
      }),
    ),
    create(api.pod, pod, {
      after: (result) => [said(statefulSet, 'Create', `Pod ${nameOf(pod)}`, result.ok, result)],
    }),
  ]
}

function endPod(statefulSet: StatefulSet, pod: Pod): RequestWrite {
  return remove(api.pod, pod, {
    after: (result) => [said(statefulSet, 'Delete', `Pod ${nameOf(pod)}`, result.ok, result)],
  })
}

/** `Create Pod db-0 in StatefulSet db successful`, or what went wrong. */
function said(
  statefulSet: StatefulSet,
  verb: 'Create' | 'Delete',
  subject: string,
  isOk: boolean,
  result: { readonly ok: boolean; readonly status?: api.Status },
): Write {
  const text = `${verb.toLowerCase()} ${subject} in StatefulSet ${nameOf(statefulSet)}`
  if (isOk) {
    const message = `${verb}${text.slice(verb.length)} successful`
    return event(api.statefulSet, statefulSet, 'Normal', `Successful${verb}`, message)
  }
  const message = `${text} failed error: ${result.status?.message}`
  return event(api.statefulSet, statefulSet, 'Warning', `Failed${verb}`, message)
}

/** `ended` are the names of the Pods that this very step deletes. */
function statusOf(
  statefulSet: StatefulSet,
  pods: readonly Pod[],
  ended: ReadonlySet<string>,
  revisions: Revisions,
  nowMs: number,
): StatefulSetStatus {
  const { replicas: wanted = 1, minReadySeconds = 0, updateStrategy } = statefulSet.spec ?? {}
  const alive = pods.filter((pod) => !isDeleting(pod) && !ended.has(nameOf(pod)))
  // A Pod that is ending counts for as long as it is ready, though no longer as one of its revision.
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod))
  const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length
  const updated = alive.filter((pod) => revisionOf(pod) === revisions.update).length
  const isDone =
    updated === wanted &&
    pods.length === wanted &&
    ready.length === wanted &&
    (updateStrategy?.rollingUpdate?.partition ?? 0) === 0
  const current = isDone ? revisions.update : revisions.current
  const currentReplicas = alive.filter((pod) => revisionOf(pod) === current).length
  return {
    observedGeneration: statefulSet.metadata?.generation ?? 0,
    replicas: pods.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: current,
    updateRevision: revisions.update,
    collisionCount: statefulSet.status?.collisionCount ?? 0,
    availableReplicas: available,
  }
}
