import * as api from '../../../../api/index.ts'
import type { Job } from '../../../../api/index.ts'
import { controller, isDeleting, remove, requeueAfter } from '../../../../client/index.ts'
import { parseTimestamp } from '../../../../encoding/time.ts'

/** Deletes Jobs so many seconds after they finished as `ttlSecondsAfterFinished` says. */
export const ttlAfterFinished = controller<Job>({
  name: 'ttl-after-finished-controller',
  for: api.job,
  reconcile(job, context) {
    const ttl = job.spec?.ttlSecondsAfterFinished
    const end = job.status?.conditions?.find(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    )
    if (ttl === undefined || end?.lastTransitionTime === undefined || isDeleting(job)) return []
    const left = parseTimestamp(end.lastTransitionTime) + ttl * 1000 - context.nowMs
    if (left > 0) return [requeueAfter(left)]
    return [remove(api.job, job, { deleteOptions: { propagationPolicy: 'Foreground' } })]
  },
})
