import type { Pod } from '../../../../api/generated/types.ts'
import { badRequest, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { queryFlag, queryText } from '../options.ts'
import { existing } from '../verbs/get.ts'
import { chooseContainer } from './container-choice.ts'
import { askKubelet } from './kubelet.ts'

/** exec, attach and port-forward: the API server only chooses the container and hands the connection to the kubelet. */
export function connect(call: ResourceCall): Answer {
  const { request, info } = call
  const pod = existing(call) as Pod
  const at = `${info.namespace}/${info.name}`
  if (info.subresource === 'portforward') return askKubelet(call, pod, `/portForward/${at}`, request.query)
  const streams = ['stdin', 'stdout', 'stderr'].filter((name) => queryFlag(request, name))
  if (streams.length === 0)
    throw new StatusError(badRequest('you must specify at least 1 of stdin, stdout, stderr'))
  if (info.subresource === 'exec' && request.query?.['command'] === undefined) {
    throw new StatusError(badRequest('you must specify at least one command for the container'))
  }
  const container = chooseContainer(pod, queryText(request, 'container'))
  return askKubelet(call, pod, `/${info.subresource}/${at}/${container}`, request.query)
}
