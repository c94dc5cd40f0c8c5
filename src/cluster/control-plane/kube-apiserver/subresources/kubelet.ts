import type { Pod } from '../../../../api/generated/types.ts'
import { badRequest, internalError, StatusError } from '../../../../api/status.ts'
import type { Answer, ApiRequest } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'

/** Passes a request on to the kubelet of the Pod's node. @throws StatusError when there is none to be reached. */
export function askKubelet(
  { server, request }: ResourceCall,
  pod: Pod,
  path: string,
  query: ApiRequest['query'],
): Answer {
  const nodeName = pod.spec?.nodeName
  if (!nodeName) throw new StatusError(badRequest(`pod ${pod.metadata?.name} does not have a host assigned`))
  const kubelet = server.connectToNode(nodeName)
  if (!kubelet) {
    const port = 10250
    throw new StatusError(
      internalError(`error dialing backend: dial tcp: lookup ${nodeName}:${port}: no such host`),
    )
  }
  return kubelet({ ...request, path, query: query ?? {} })
}
