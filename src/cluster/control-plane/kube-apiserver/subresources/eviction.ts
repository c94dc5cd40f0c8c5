import type { Eviction, Pod, PodDisruptionBudget } from '../../../../api/generated/types.ts'
import { podDisruptionBudget } from '../../../../api/kinds/pod-disruption-budget.ts'
import { matchesObject } from '../../../../api/selectors.ts'
import { failure, StatusError, tooManyRequests } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respond } from '../respond.ts'
import type { StoredObject } from '../store.ts'
import { deleteObject } from '../verbs/delete.ts'
import { existing } from '../verbs/get.ts'

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction', definition: 'Eviction' }

/** A deletion that asks the Pod's disruption budget first. */
export function eviction(call: ResourceCall): Answer {
  const { request } = call
  const options = writeOptions(request, 'CreateOptions')
  const { deleteOptions = {} } = decodeBody(call, EVICTION, options.fieldValidation) as Eviction
  const pod = existing(call)
  const dryRun = options.dryRun ? { dryRun: ['All'] } : {}
  if (!mayGoAnyway(pod as Pod)) spendBudget(call, pod as Pod, options.dryRun)
  deleteObject(call, pod, { ...deleteOptions, ...dryRun })
  return respond(
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    call.warnings,
  )
}

const mayGoAnyway = ({ status, metadata }: Pod) =>
  metadata?.deletionTimestamp !== undefined ||
  ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? 'Pending')

function spendBudget({ server, info }: ResourceCall, pod: Pod, dryRun: boolean): void {
  const budgets = (
    server.store.list(podDisruptionBudget, info.namespace) as readonly PodDisruptionBudget[]
  ).filter((budget) => matchesObject(budget.spec?.selector, pod.metadata?.labels))
  if (budgets.length > 1) {
    throw new StatusError(
      failure(
        500,
        'InternalError',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      ),
    )
  }
  const [budget] = budgets
  if (!budget) return
  const { metadata } = budget
  const status = budget.status ?? {
    currentHealthy: 0,
    desiredHealthy: 0,
    disruptionsAllowed: 0,
    expectedPods: 0,
  }
  const allowed = status.disruptionsAllowed ?? 0
  if (allowed <= 0) {
    const message = `The disruption budget ${metadata?.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
    const causes = [{ reason: 'DisruptionBudget', message }]
    throw new StatusError(
      tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", { causes }),
    )
  }
  if (dryRun) return
  const disruptedPods = { ...status.disruptedPods, [pod.metadata!.name!]: server.simulation.timestamp() }
  const spent = {
    ...budget,
    status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods },
  }
  server.store.write(podDisruptionBudget, spent as StoredObject)
}
