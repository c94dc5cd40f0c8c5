import * as api from '../../../api/index.ts'
import type { DaemonSet, DaemonSetStatus, Node, Pod, Toleration } from '../../../api/index.ts'
import { podTemplateHash } from '../../../api/hash.ts'
import {
  controller,
  create,
  equal,
  event,
  isDeleting,
  isTolerated,
  keyOf,
  matchesNode,
  nameOf,
  parallel,
  remove,
  updateStatus,
  watch,
  type ReconcileContext,
  type RequestWrite,
  type Write,
} from '../../../client/index.ts'
import { isAvailable, isReady, podFromTemplate } from './pods.ts'
import { forgetRevisions, HASH_LABEL, historyOf, recordRevision } from './revisions.ts'

const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation'
const GENERATION_LABEL = 'pod-template-generation'

const exists = (key: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
})

/** What a daemon puts up with: it is there to look after nodes in trouble. */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
]

/** Keeps one Pod on every node that it fits. */
export const daemonSet = controller<DaemonSet>({
  name: 'daemonset-controller',
  for: api.daemonSet,
  owns: [api.pod, api.controllerRevision],
  workers: 2,
  watches: [watch(api.node, (_, context) => context.list(api.daemonSet).map(keyOf), changesPlacement)],
  reconcile(daemonSet, context) {
    if (isDeleting(daemonSet)) return []
    const hash = podTemplateHash(daemonSet.spec!.template, daemonSet.status?.collisionCount)
    const history = historyOf(daemonSet, context)
    const pods = context.ownedBy(api.pod, daemonSet)
    const placement = place(daemonSet, pods, context)
    const status = writeStatus(daemonSet, statusOf(daemonSet, placement, hash, context.nowMs))
    const changes = [...replicate(daemonSet, placement, hash)]
    return [
      ...recordRevision(daemonSet, api.daemonSet, history, hash),
      ...(changes.length > 0 ? changes : rollOver(daemonSet, placement, hash, context.nowMs)),
      ...forgetRevisions(daemonSet, history, (old) =>
        pods.some((pod) => pod.metadata?.labels?.[HASH_LABEL] === old),
      ),
      ...status,
    ]
  },
})

function changesPlacement(next: Node | undefined, previous: Node | undefined): boolean {
  return (
    !next ||
    !previous ||
    !equal(next.metadata?.labels, previous.metadata?.labels) ||
    !equal(next.spec?.taints, previous.spec?.taints)
  )
}

interface Place {
  readonly node: Node
  /** May a new daemon start here, may one that runs stay? */
  readonly shouldRun: boolean
  readonly mayStay: boolean
  /** Oldest first; those on their way out are not counted. */
  readonly pods: readonly Pod[]
}

interface Placement {
  readonly places: readonly Place[]
  /** Pods of nodes that are no more. */
  readonly stray: readonly Pod[]
}

function place(daemonSet: DaemonSet, pods: readonly Pod[], context: ReconcileContext): Placement {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    const name = targetOf(pod)
    byNode.set(name, [...(byNode.get(name) ?? []), pod])
  }
  const model = daemonPod(daemonSet, '', undefined)
  const places = context.list(api.node).map((node) => {
    const fits = matchesNode({ spec: daemonSet.spec!.template.spec! }, node)
    const taints = (node.spec?.taints ?? []).filter((taint) => !isTolerated(taint, model.spec?.tolerations))
    const own = [...(byNode.get(nameOf(node)) ?? [])].sort(byAge)
    byNode.delete(nameOf(node))
    return {
      node,
      shouldRun: fits && taints.every(({ effect }) => effect === 'PreferNoSchedule'),
      mayStay: fits && taints.every(({ effect }) => effect !== 'NoExecute'),
      pods: own,
    }
  })
  return { places, stray: [...byNode.values()].flat() }
}

/** The node that a daemon's Pod is meant for, whether or not it is bound yet. */
function targetOf(pod: Pod): string {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const field = required?.nodeSelectorTerms[0]?.matchFields?.find(({ key }) => key === 'metadata.name')
  return pod.spec?.nodeName ?? field?.values?.[0] ?? ''
}

const byAge = (a: Pod, b: Pod): number =>
  (a.metadata?.creationTimestamp ?? '') < (b.metadata?.creationTimestamp ?? '') ? -1 : 1

function replicate(daemonSet: DaemonSet, { places, stray }: Placement, hash: string): Write[] {
  const creations: RequestWrite[] = []
  const deletions: RequestWrite[] = []
  const told: Write[] = []
  for (const { node, shouldRun, mayStay, pods } of places) {
    const failed = pods.filter((pod) => pod.status?.phase === 'Failed' && !isDeleting(pod))
    const alive = pods.filter((pod) => !failed.includes(pod))
    for (const pod of failed) {
      const message = `Found failed daemon pod ${keyOf(pod)} on node ${nameOf(node)}, will try to kill it`
      told.push(event(api.daemonSet, daemonSet, 'Warning', 'FailedDaemonPod', message))
      deletions.push(removal(daemonSet, pod))
    }
    if (shouldRun && pods.length === 0) creations.push(creation(daemonSet, nameOf(node), hash))
    const spare = mayStay
      ? alive.filter((pod) => !isDeleting(pod)).slice(1)
      : alive.filter((pod) => !isDeleting(pod))
    deletions.push(...spare.map((pod) => removal(daemonSet, pod)))
  }
  deletions.push(...stray.filter((pod) => !isDeleting(pod)).map((pod) => removal(daemonSet, pod)))
  return [
    ...told,
    ...(creations.length > 0 ? [parallel(creations, { slowStart: true })] : []),
    ...(deletions.length > 0 ? [parallel(deletions)] : []),
  ]
}

function creation(daemonSet: DaemonSet, nodeName: string, hash: string): RequestWrite {
  return create(api.pod, daemonPod(daemonSet, nodeName, hash), {
    after: (result) =>
      result.ok
        ? [
            event(
              api.daemonSet,
              daemonSet,
              'Normal',
              'SuccessfulCreate',
              `Created pod: ${nameOf(result.object)}`,
            ),
          ]
        : [
            event(
              api.daemonSet,
              daemonSet,
              'Warning',
              'FailedCreate',
              `Error creating: ${result.status.message}`,
            ),
          ],
  })
}

function removal(daemonSet: DaemonSet, pod: Pod): RequestWrite {
  return remove(api.pod, pod, {
    after: (result) =>
      result.ok
        ? [event(api.daemonSet, daemonSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`)]
        : [
            event(
              api.daemonSet,
              daemonSet,
              'Warning',
              'FailedDelete',
              `Error deleting: ${result.status.message}`,
            ),
          ],
  })
}

/** A Pod of the template, tied to one node: the scheduler binds it there, and nowhere else. */
function daemonPod(daemonSet: DaemonSet, nodeName: string, hash: string | undefined): Pod {
  const pod = podFromTemplate(daemonSet.spec!.template, daemonSet, api.daemonSet)
  const generation = daemonSet.metadata?.annotations?.[GENERATION_ANNOTATION]
  const spec = pod.spec!
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }]
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  }
  const hostNetwork = spec.hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata?.labels,
        ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
        ...(hash !== undefined && { [HASH_LABEL]: hash }),
      },
    },
    spec: {
      ...spec,
      affinity: { ...spec.affinity, nodeAffinity },
      tolerations: [...(spec.tolerations ?? []), ...DAEMON_TOLERATIONS, ...hostNetwork],
    },
  }
}

/** Replaces Pods of older templates: those that do not serve at once, the others as far as `maxUnavailable` permits. */
function rollOver(daemonSet: DaemonSet, { places }: Placement, hash: string, nowMs: number): Write[] {
  if (daemonSet.spec?.updateStrategy?.type === 'OnDelete') return []
  const minReadySeconds = daemonSet.spec?.minReadySeconds ?? 0
  const wanted = places.filter(({ shouldRun }) => shouldRun)
  const limit = daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
  const maxUnavailable =
    typeof limit === 'number' ? limit : Math.ceil((Number.parseInt(limit, 10) * wanted.length) / 100)
  const outdated: Pod[] = []
  const broken: Pod[] = []
  let unavailable = 0
  for (const { pods } of wanted) {
    const pod = pods.find((candidate) => !isDeleting(candidate))
    const serves = pod !== undefined && isAvailable(pod, minReadySeconds, nowMs)
    const isOld = pod !== undefined && pod.metadata?.labels?.[HASH_LABEL] !== hash
    if (isOld && !serves) broken.push(pod)
    else if (!serves) unavailable++
    else if (isOld) outdated.push(pod)
  }
  const budget = Math.max(0, maxUnavailable - unavailable - broken.length)
  const leaving = [...broken, ...outdated.slice(0, budget)]
  return leaving.length > 0 ? [parallel(leaving.map((pod) => removal(daemonSet, pod)))] : []
}

function statusOf(daemonSet: DaemonSet, { places }: Placement, hash: string, nowMs: number): DaemonSetStatus {
  const minReadySeconds = daemonSet.spec?.minReadySeconds ?? 0
  const wanted = places.filter(({ shouldRun }) => shouldRun)
  const oldest = wanted.flatMap(({ pods }) => pods.slice(0, 1))
  const available = oldest.filter(
    (pod) => !isDeleting(pod) && isAvailable(pod, minReadySeconds, nowMs),
  ).length
  const updated = oldest.filter((pod) => pod.metadata?.labels?.[HASH_LABEL] === hash).length
  const unavailable = wanted.length - available
  const { collisionCount } = daemonSet.status ?? {}
  return {
    currentNumberScheduled: oldest.length,
    numberMisscheduled: places.filter(({ shouldRun, pods }) => !shouldRun && pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: oldest.filter(isReady).length,
    observedGeneration: daemonSet.metadata?.generation ?? 0,
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
    ...(collisionCount !== undefined && { collisionCount }),
  }
}

function writeStatus(daemonSet: DaemonSet, status: DaemonSetStatus): Write[] {
  return equal(status, daemonSet.status) ? [] : [updateStatus(api.daemonSet, { ...daemonSet, status })]
}
