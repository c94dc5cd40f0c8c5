import type { Blocking } from '../../../os/process.ts'
import type { KubeObject } from '../../api.ts'
import { humanDuration } from '../../../api/format.ts'
import { parseTimestamp } from '../../../encoding/time.ts'
import { rfc1123 } from '../time.ts'
import { addAnnotations, addLabels, mapText, selectorText, type Lines } from './lines.ts'
import { addTemplate, addTemplateBody } from './pod.ts'
import type { Describer, Describing } from './types.ts'

const REVISION = 'deployment.kubernetes.io/revision'

export const describeDeployment: Describer = function* (lines, deployment, describing) {
  const { metadata, spec, status = {} } = deployment
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp ?? '')}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Selector:\t${selectorText(spec.selector)}`)
  lines.add(
    0,
    `Replicas:\t${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
  )
  lines.add(0, `StrategyType:\t${spec.strategy?.type ?? ''}`)
  lines.add(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`)
  if (spec.strategy?.rollingUpdate) {
    const { maxUnavailable, maxSurge } = spec.strategy.rollingUpdate
    lines.add(0, `RollingUpdateStrategy:\t${maxUnavailable} max unavailable, ${maxSurge} max surge`)
  }
  addTemplate(lines, spec.template)
  if (status.conditions?.length) {
    lines.add(0, 'Conditions:')
    lines.add(1, 'Type\tStatus\tReason')
    lines.add(1, '----\t------\t------')
    for (const { type, status: state, reason } of status.conditions)
      lines.add(1, `${type} \t${state}\t${reason ?? ''}`)
  }
  yield* addReplicaSets(lines, deployment, describing)
}

/** The ReplicaSets a Deployment owns: the one of its template, and the others that still have replicas. */
function* addReplicaSets(lines: Lines, deployment: KubeObject, describing: Describing): Blocking<void> {
  const { metadata, spec } = deployment
  const all = yield* describing.list(`/apis/apps/v1/namespaces/${metadata.namespace}/replicasets`, {
    labelSelector: selectorText(spec.selector),
    limit: '500',
  })
  const owned = all.filter((one) =>
    (one.metadata.ownerReferences as KubeObject[] | undefined)?.some((owner) => owner.uid === metadata.uid),
  )
  const newest = owned.find(
    (one) => one.metadata.annotations?.[REVISION] === metadata.annotations?.[REVISION],
  )
  const old = owned.filter((one) => one !== newest)
  const text = (sets: readonly KubeObject[]): string =>
    sets
      .map(
        (one) =>
          `${one.metadata.name} (${one.status?.replicas ?? 0}/${one.spec.replicas ?? 0} replicas created)`,
      )
      .join(', ') || '<none>'
  if (owned.length === 0) return
  lines.add(0, `OldReplicaSets:\t${text(old)}`)
  lines.add(0, `NewReplicaSet:\t${text(newest ? [newest] : [])}`)
}

/** How the Pods of a workload stand. */
function* podStates(
  describing: Describing,
  namespace: string,
  selector: string,
  uid: string,
): Blocking<string> {
  const pods = yield* describing.list(`/api/v1/namespaces/${namespace}/pods`, {
    labelSelector: selector,
    limit: '500',
  })
  const owned = pods.filter((pod) =>
    (pod.metadata.ownerReferences as KubeObject[] | undefined)?.some(
      (owner) => owner.controller && owner.uid === uid,
    ),
  )
  const count = (phase: string): number => owned.filter((pod) => pod.status?.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}

export const describeReplicaSet: Describer = function* (lines, set, describing) {
  const { metadata, spec, status = {} } = set
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  const selector = set.kind === 'ReplicationController' ? mapText(spec.selector) : selectorText(spec.selector)
  lines.add(0, `Selector:\t${selector}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  addOwner(lines, metadata)
  lines.add(0, `Replicas:\t${status.replicas ?? 0} current / ${spec.replicas ?? 0} desired`)
  lines.add(0, `Pods Status:\t${yield* podStates(describing, metadata.namespace, selector, metadata.uid)}`)
  addTemplate(lines, spec.template)
  if (status.conditions?.length) {
    lines.add(0, 'Conditions:')
    lines.add(1, 'Type\tStatus\tReason')
    lines.add(1, '----\t------\t------')
    for (const { type, status: state, reason } of status.conditions)
      lines.add(1, `${type} \t${state}\t${reason ?? ''}`)
  }
}

function addOwner(lines: Lines, metadata: KubeObject): void {
  const owner = (metadata.ownerReferences as KubeObject[] | undefined)?.find((one) => one.controller)
  if (owner) lines.add(0, `Controlled By:\t${owner.kind}/${owner.name}`)
}

export const describeStatefulSet: Describer = function* (lines, set, describing) {
  const { metadata, spec, status = {} } = set
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp ?? '')}`)
  lines.add(0, `Selector:\t${selectorText(spec.selector)}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Replicas:\t${spec.replicas ?? 0} desired | ${status.replicas ?? 0} total`)
  lines.add(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`)
  if (spec.updateStrategy?.rollingUpdate?.partition !== undefined)
    lines.add(1, `Partition:\t${spec.updateStrategy.rollingUpdate.partition}`)
  lines.add(
    0,
    `Pods Status:\t${yield* podStates(describing, metadata.namespace, selectorText(spec.selector), metadata.uid)}`,
  )
  addTemplate(lines, spec.template)
  const claims: KubeObject[] = spec.volumeClaimTemplates ?? []
  if (claims.length === 0) return lines.add(0, 'Volume Claims:\t<none>')
  lines.add(0, 'Volume Claims:')
  for (const claim of claims) {
    lines.add(1, `Name:\t${claim.metadata.name}`)
    lines.add(1, `StorageClass:\t${claim.spec.storageClassName ?? ''}`)
    addLabels(lines, 1, 'Labels', claim.metadata.labels)
    addAnnotations(lines, 1, 'Annotations', claim.metadata.annotations)
    lines.add(1, `Capacity:\t${claim.spec.resources?.requests?.storage ?? '<default>'}`)
    lines.add(1, `Access Modes:\t[${(claim.spec.accessModes ?? []).join(' ')}]`)
  }
}

export const describeDaemonSet: Describer = function* (lines, set, describing) {
  const { metadata, spec, status = {} } = set
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(0, `Selector:\t${selectorText(spec.selector)}`)
  lines.add(0, `Node-Selector:\t${mapText(spec.template.spec.nodeSelector)}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`)
  lines.add(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`)
  lines.add(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`)
  lines.add(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`)
  lines.add(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`)
  lines.add(
    0,
    `Pods Status:\t${yield* podStates(describing, metadata.namespace, selectorText(spec.selector), metadata.uid)}`,
  )
  addTemplate(lines, spec.template)
}

export const describeJob: Describer = (lines, job) => {
  const { metadata, spec, status = {} } = job
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(0, `Selector:\t${selectorText(spec.selector)}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  addOwner(lines, metadata)
  lines.add(0, `Parallelism:\t${spec.parallelism ?? '<unset>'}`)
  lines.add(0, `Completions:\t${spec.completions ?? '<unset>'}`)
  if (spec.completionMode) lines.add(0, `Completion Mode:\t${spec.completionMode}`)
  if (spec.suspend !== undefined) lines.add(0, `Suspend:\t${spec.suspend}`)
  if (spec.backoffLimit !== undefined) lines.add(0, `Backoff Limit:\t${spec.backoffLimit}`)
  if (spec.ttlSecondsAfterFinished !== undefined)
    lines.add(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`)
  if (status.startTime) lines.add(0, `Start Time:\t${rfc1123(status.startTime)}`)
  if (status.completionTime) lines.add(0, `Completed At:\t${rfc1123(status.completionTime)}`)
  if (status.startTime && status.completionTime)
    lines.add(
      0,
      `Duration:\t${humanDuration(parseTimestamp(status.completionTime) - parseTimestamp(status.startTime))}`,
    )
  if (spec.activeDeadlineSeconds !== undefined)
    lines.add(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`)
  const ready = status.ready !== undefined ? ` (${status.ready} Ready)` : ''
  lines.add(
    0,
    `Pods Statuses:\t${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
  )
  if (spec.completionMode === 'Indexed')
    lines.add(0, `Completed Indexes:\t${status.completedIndexes || '<none>'}`)
  addTemplate(lines, spec.template)
}

export const describeCronJob: Describer = (lines, cronjob) => {
  const { metadata, spec, status = {} } = cronjob
  const job = spec.jobTemplate.spec
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Schedule:\t${spec.schedule}`)
  lines.add(0, `Concurrency Policy:\t${spec.concurrencyPolicy}`)
  lines.add(0, `Suspend:\t${spec.suspend ? 'True' : 'False'}`)
  lines.add(0, `Time Zone:\t${spec.timeZone ?? '<unset>'}`)
  lines.add(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`)
  lines.add(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`)
  lines.add(
    0,
    `Starting Deadline Seconds:\t${spec.startingDeadlineSeconds !== undefined ? `${spec.startingDeadlineSeconds}s` : '<unset>'}`,
  )
  lines.add(0, `Selector:\t${job.selector ? selectorText(job.selector) : '<unset>'}`)
  lines.add(0, `Parallelism:\t${job.parallelism ?? '<unset>'}`)
  lines.add(0, `Completions:\t${job.completions ?? '<unset>'}`)
  if (job.activeDeadlineSeconds !== undefined)
    lines.add(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s`)
  lines.add(0, 'Pod Template:')
  addTemplateBody(lines, job.template, 1)
  lines.add(
    0,
    `Last Schedule Time:\t${status.lastScheduleTime ? rfc1123(status.lastScheduleTime) : '<unset>'}`,
  )
  const active: KubeObject[] = status.active ?? []
  lines.add(0, `Active Jobs:\t${active.map((one) => one.name).join(', ') || '<none>'}`)
}
