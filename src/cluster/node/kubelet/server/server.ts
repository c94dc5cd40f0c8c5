import { noSuchPath } from '../../../../api/status.ts'
import type { Answer, ApiRequest } from '../../../../api/wire.ts'
import type { PodState } from '../pod-state.ts'
import { serveLogs } from './logs.ts'
import { servePortForward } from './port-forward.ts'
import { statusResponse, textResponse } from './responses.ts'
import { serveAttach, serveExec } from './streams.ts'

/** Finds a Pod of this node. */
export type FindPod = (namespace: string, name: string) => PodState | undefined

type Route = (find: FindPod, parts: readonly string[], request: ApiRequest) => Answer

/** The kubelet's own server, which the API server passes logs, exec, attach and port-forward on to. */
const ROUTES: Readonly<Record<string, Route>> = {
  containerLogs: (find, [namespace = '', pod = '', container = ''], request) =>
    serveLogs(find(namespace, pod), pod, container, request),
  exec: (find, [namespace = '', pod = '', container = ''], request) =>
    serveExec(find(namespace, pod), pod, container, request),
  attach: (find, [namespace = '', pod = '', container = ''], request) =>
    serveAttach(find(namespace, pod), pod, container, request),
  portForward: (find, [namespace = '', pod = ''], request) =>
    servePortForward(find(namespace, pod), pod, request),
  healthz: () => textResponse(200, 'ok'),
}

export function serve(find: FindPod, request: ApiRequest): Answer {
  const [, route = '', ...parts] = request.path.split('/').map(decodeURIComponent)
  return ROUTES[route]?.(find, parts, request) ?? statusResponse(noSuchPath())
}
