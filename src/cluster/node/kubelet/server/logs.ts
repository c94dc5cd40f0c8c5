import type { ContainerStatus } from '../../../../api/generated/types.ts'
import { badRequest, notFound } from '../../../../api/status.ts'
import { pod as podKind } from '../../../../api/kinds/pod.ts'
import type { Answer, ApiRequest } from '../../../../api/wire.ts'
import { parseTimestamp } from '../../../../encoding/time.ts'
import { utf8Length } from '../../../../encoding/utf8.ts'
import { logTimestamp, type Container, type LogLine } from '../../container-runtime/index.ts'
import type { PodState } from '../pod-state.ts'
import { flag, parameter, statusResponse, textResponse } from './responses.ts'

/** GET /containerLogs/NAMESPACE/POD/CONTAINER */
export function serveLogs(
  state: PodState | undefined,
  podName: string,
  containerName: string,
  request: ApiRequest,
): Answer {
  if (!state) return statusResponse(notFound(podKind, podName))
  const { status, node } = state
  const statuses = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ]
  const own = statuses.find(({ name }) => name === containerName)
  if (!own) return statusResponse(badRequest(`container ${containerName} is not valid for pod ${podName}`))
  const found = containerID(own, podName, flag(request, 'previous'))
  if ('message' in found) return statusResponse(badRequest(found.message))
  const container = node.runtime.containers.get(found.id.replace('containerd://', ''))
  if (!container) return textResponse(200, `unable to retrieve container logs for ${found.id}`)
  return logAnswer(container, request, node.simulation.nowMs)
}

/** Which run's log is meant, after the status that the API shows. */
function containerID(
  status: ContainerStatus,
  podName: string,
  previous: boolean,
): { id: string } | { message: string } {
  const { name, state = {}, lastState = {} } = status
  const ended = lastState.terminated?.containerID
  if (previous)
    return ended
      ? { id: ended }
      : { message: `previous terminated container "${name}" in pod "${podName}" not found` }
  if (state.running) return { id: status.containerID! }
  if (state.terminated?.containerID) return { id: state.terminated.containerID }
  if (ended) return { id: ended }
  const waiting = `container "${name}" in pod "${podName}" is waiting to start`
  const reason = state.waiting?.reason
  if (reason === 'ErrImagePull') return { message: `${waiting}: image can't be pulled` }
  if (reason === 'ImagePullBackOff') return { message: `${waiting}: trying and failing to pull image` }
  return { message: reason ? `${waiting}: ${reason}` : `${waiting} - no logs yet` }
}

function logAnswer(container: Container, request: ApiRequest, nowMs: number): Answer {
  const timestamps = flag(request, 'timestamps')
  const format = (line: LogLine) => (timestamps ? `${logTimestamp(line)} ${line.text}` : line.text)
  const lines = select(container.log.lines, request, nowMs)
  const limit = parameter(request, 'limitBytes')
  if (!flag(request, 'follow'))
    return textResponse(200, cut(lines.map(format).join(''), limit === undefined ? Infinity : Number(limit)))
  return {
    kind: 'stream',
    response: { status: 200, contentType: 'text/plain', warnings: [] },
    start(sink) {
      if (lines.length > 0) sink.chunk(lines.map(format).join(''))
      if (container.state === 'exited') {
        sink.end()
        return () => {}
      }
      const stopFollowing = container.log.follow((line) => sink.chunk(format(line)))
      const stopWaiting = container.whenExited(() => {
        stopFollowing()
        sink.end()
      })
      return () => {
        stopFollowing()
        stopWaiting()
      }
    },
  }
}

function select(lines: readonly LogLine[], request: ApiRequest, nowMs: number): readonly LogLine[] {
  const sinceSeconds = parameter(request, 'sinceSeconds')
  const sinceTime = parameter(request, 'sinceTime')
  const tailLines = parameter(request, 'tailLines')
  const sinceMs =
    sinceSeconds !== undefined
      ? nowMs - Number(sinceSeconds) * 1000
      : sinceTime
        ? parseTimestamp(sinceTime)
        : -Infinity
  const recent = sinceMs === -Infinity ? lines : lines.filter(({ timeMs }) => timeMs >= sinceMs)
  if (tailLines === undefined || Number(tailLines) < 0) return recent
  return Number(tailLines) === 0 ? [] : recent.slice(-Number(tailLines))
}

function cut(text: string, bytes: number): string {
  if (utf8Length(text) <= bytes) return text
  let end = Math.min(text.length, bytes)
  while (end > 0 && utf8Length(text.slice(0, end)) > bytes) end--
  return text.slice(0, end)
}
