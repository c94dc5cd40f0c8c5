import * as api from '../../../../api/index.ts'
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../../../api/index.ts'
import { podTemplateHash } from '../../../../api/hash.ts'
import { controllerReference, equal, nameOf, namespaceOf } from '../../../../client/index.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const HASH_LABEL = 'pod-template-hash'

/** Annotations that are a Deployment's or a ReplicaSet's own and not handed down. */
const NOT_COPIED = new Set([LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS])

/** A Deployment's ReplicaSets, told apart. `all` is oldest first. */
export interface ReplicaSets {
  readonly all: readonly ReplicaSet[]
  /** The one of the current template, if it exists. */
  readonly current: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

export function tellApart(deployment: Deployment, owned: readonly ReplicaSet[]): ReplicaSets {
  const all = [...owned].sort(byAge)
  const current = all.find((replicaSet) => hasTemplate(replicaSet, deployment.spec?.template))
  return { all, current, old: all.filter((replicaSet) => replicaSet !== current) }
}

function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const left = a.metadata?.creationTimestamp ?? ''
  const right = b.metadata?.creationTimestamp ?? ''
  if (left !== right) return left < right ? -1 : 1
  return nameOf(a) < nameOf(b) ? -1 : 1
}

/** Same template but for the hash label. */
export function hasTemplate(replicaSet: ReplicaSet, template: PodTemplateSpec | undefined): boolean {
  const { metadata, spec } = replicaSet.spec?.template ?? {}
  const { [HASH_LABEL]: _, ...labels } = metadata?.labels ?? {}
  return equal(spec, template?.spec) && equal({ ...metadata, labels }, template?.metadata)
}

export const replicasOf = (replicaSet: ReplicaSet): number => replicaSet.spec?.replicas ?? 1
export const sumOf = (sets: readonly ReplicaSet[], value: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((sum, set) => sum + (value(set) ?? 0), 0)
export const specSum = (sets: readonly ReplicaSet[]): number => sumOf(sets, replicasOf)
export const availableSum = (sets: readonly ReplicaSet[]): number =>
  sumOf(sets, (set) => set.status?.availableReplicas)

export const revisionOf = (object: ReplicaSet | Deployment): number =>
  Number(object.metadata?.annotations?.[REVISION] ?? 0) || 0

/** The revision that the current ReplicaSet has or shall have. */
export function nextRevision({ old }: ReplicaSets): number {
  return old.reduce((highest, replicaSet) => Math.max(highest, revisionOf(replicaSet)), 0) + 1
}

/** What a ReplicaSet is annotated with when it is given its size. */
export function sizeAnnotations(deployment: Deployment, maxSurge: number): Record<string, string> {
  const replicas = deployment.spec?.replicas ?? 1
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge) }
}

export const maxReplicasAnnotation = (replicaSet: ReplicaSet): number | undefined => {
  const text = replicaSet.metadata?.annotations?.[MAX_REPLICAS]
  return text === undefined ? undefined : Number(text)
}

/** The Deployment's own annotations, handed down, and the revision; an earlier revision goes into the history. */
export function currentAnnotations(
  deployment: Deployment,
  replicaSet: ReplicaSet | undefined,
  revision: number,
): Record<string, string> {
  const annotations: Record<string, string> = { ...replicaSet?.metadata?.annotations }
  for (const [key, value] of Object.entries(deployment.metadata?.annotations ?? {})) {
    if (!NOT_COPIED.has(key)) annotations[key] = value
  }
  const before = annotations[REVISION]
  if (before === undefined || Number(before) < revision) {
    annotations[REVISION] = String(revision)
    const history = annotations[REVISION_HISTORY]
    if (before !== undefined) annotations[REVISION_HISTORY] = history ? `${history},${before}` : before
  }
  return annotations
}

/** A new ReplicaSet for the current template, of `replicas` Pods. */
export function makeReplicaSet(
  deployment: Deployment,
  revision: number,
  replicas: number,
  maxSurge: number,
): ReplicaSet {
  const spec = deployment.spec!
  const hash = podTemplateHash(spec.template, deployment.status?.collisionCount)
  const labels = { ...spec.template.metadata?.labels, [HASH_LABEL]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: {
        ...currentAnnotations(deployment, undefined, revision),
        ...sizeAnnotations(deployment, maxSurge),
      },
      ownerReferences: [controllerReference(deployment, api.deployment)],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds && { minReadySeconds: spec.minReadySeconds }),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  }
}
