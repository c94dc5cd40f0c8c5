import type { Pod } from '../../../../api/generated/types.ts'
import { badRequest, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { queryText } from '../options.ts'
import { respondText } from '../respond.ts'
import { existing } from '../verbs/get.ts'
import { chooseContainer } from './container-choice.ts'
import { askKubelet } from './kubelet.ts'

/** Options that the kubelet takes as they are. */
const PASSED_ON = [
  'follow',
  'previous',
  'timestamps',
  'tailLines',
  'limitBytes',
  'sinceSeconds',
  'sinceTime',
  'stream',
]

/** A container's log, from the kubelet that keeps it. A Pod without a node has none yet. */
export function log(call: ResourceCall): Answer {
  const { request, info } = call
  const pod = existing(call) as Pod
  checkOptions(call)
  const container = chooseContainer(pod, queryText(request, 'container'))
  if (!pod.spec?.nodeName) return respondText(200, '')
  const query = Object.fromEntries(
    PASSED_ON.filter((name) => queryText(request, name) !== '').map((name) => [
      name,
      queryText(request, name),
    ]),
  )
  return askKubelet(call, pod, `/containerLogs/${info.namespace}/${info.name}/${container}`, query)
}

function checkOptions({ request, info }: ResourceCall): void {
  const negative = ['tailLines', 'limitBytes', 'sinceSeconds'].find(
    (name) => Number(queryText(request, name) || 0) < 0,
  )
  if (negative) {
    throw new StatusError(
      badRequest(
        `PodLogOptions "${info.name}" is invalid: ${negative}: Invalid value: ${queryText(request, negative)}: must be greater than or equal to 0`,
      ),
    )
  }
  if (queryText(request, 'sinceSeconds') && queryText(request, 'sinceTime')) {
    throw new StatusError(badRequest('at most one of `sinceTime` or `sinceSeconds` may be specified'))
  }
}
