import type { Pod } from '../../../../api/generated/types.ts'
import { badRequest, failure, StatusError } from '../../../../api/status.ts'
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
  if ('send' in kubelet) return kubelet.send({ ...request, path, query: query ?? {} })
  // A log is fetched with GET; what is upgraded has a dialer of its own.
  const isFetched = path.startsWith('/containerLogs/')
  const dial = `dial tcp ${kubelet.error}`
  const url = `https://${kubelet.at ?? nodeName}${path}${queryString(query)}`
  throw new StatusError(
    failure(500, '', isFetched ? `Get "${url}": ${dial}` : `error dialing backend: ${dial}`),
  )
}

function queryString(query: ApiRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `${name}=${encodeURIComponent(each)}`),
  )
  return pairs.length > 0 ? `?${pairs.sort().join('&')}` : ''
}
