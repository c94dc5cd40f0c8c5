import * as api from '../../../api/index.ts'
import type { ControllerRevision, PodTemplateSpec } from '../../../api/index.ts'
import {
  controllerReference,
  create,
  equal,
  nameOf,
  namespaceOf,
  remove,
  update,
  type ReconcileContext,
  type Write,
} from '../../../client/index.ts'

interface Owner extends api.KubernetesObject {
  readonly spec?: {
    readonly template: PodTemplateSpec
    readonly selector: api.LabelSelector
    readonly revisionHistoryLimit?: number
  }
}

/** The templates that a DaemonSet or StatefulSet had, oldest first, and which of them is the present one. */
export interface History {
  readonly all: readonly ControllerRevision[]
  readonly current: ControllerRevision | undefined
}

export const HASH_LABEL = 'controller-revision-hash'

/** The label of a revision itself: a DaemonSet's has that of its Pods, a StatefulSet's one of its own. */
const OWN_HASH_LABEL: Readonly<Record<string, string>> = {
  DaemonSet: HASH_LABEL,
  StatefulSet: 'controller.kubernetes.io/hash',
}

export function historyOf(owner: Owner, context: ReconcileContext): History {
  const all = [...context.ownedBy(api.controllerRevision, owner)].sort((a, b) => a.revision - b.revision)
  const data = revisionData(owner)
  return { all, current: all.findLast((revision) => equal(revision.data, data)) }
}

/** The patch that brings the template of a revision back: what `kubectl rollout undo` sends. */
const revisionData = (owner: Owner): unknown => ({
  spec: { template: { $patch: 'replace', ...owner.spec?.template } },
})

/**
 * Makes the present template's revision the newest, or makes it.
 * @param hash what its name and the label of its Pods end with.
 */
export function recordRevision(
  owner: Owner,
  resource: api.Resource,
  { all, current }: History,
  hash: string,
): Write[] {
  const newest = all.at(-1)
  if (current && current === newest) return []
  const revision = (newest?.revision ?? 0) + 1
  if (current) return [update(api.controllerRevision, { ...current, revision })]
  const made: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${nameOf(owner)}-${hash}`,
      namespace: namespaceOf(owner),
      labels: { ...owner.spec?.template.metadata?.labels, [OWN_HASH_LABEL[resource.kind]!]: hash },
      ...(owner.metadata?.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [controllerReference(owner, resource)],
    },
    data: revisionData(owner) as never,
    revision,
  }
  return [create(api.controllerRevision, made, { tolerate: ['AlreadyExists'] })]
}

/** What the names of a revision's Pods, and its own, tell it by. */
const hashOf = (revision: ControllerRevision): string => nameOf(revision).split('-').at(-1)!

/** Forgets the oldest revisions that no Pod has, beyond the limit. */
export function forgetRevisions(
  owner: Owner,
  { all, current }: History,
  isUsed: (hash: string) => boolean,
): Write[] {
  const old = all.filter((revision) => revision !== current && !isUsed(hashOf(revision)))
  const excess = old.length - (owner.spec?.revisionHistoryLimit ?? 10)
  return excess > 0 ? old.slice(0, excess).map((revision) => remove(api.controllerRevision, revision)) : []
}
