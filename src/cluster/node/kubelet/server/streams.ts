import { badRequest, notFound } from '../../../../api/status.ts'
import { pod as podKind } from '../../../../api/kinds/pod.ts'
import { Channel, type Answer, type ApiRequest, type ChannelPeer } from '../../../../api/wire.ts'
import { ExecutableError, type Container, type StandardStreams } from '../../container-runtime/index.ts'
import { isRunning, type ContainerRecord } from '../container-record.ts'
import { LATENCIES } from '../latencies.ts'
import type { PodState } from '../pod-state.ts'
import { flag, parameters, statusResponse, textResponse } from './responses.ts'

const SUCCESS = { metadata: {}, status: 'Success' }

/** POST /exec/NAMESPACE/POD/CONTAINER: a process beside the container's own, its streams as channels. */
export function serveExec(
  state: PodState | undefined,
  podName: string,
  containerName: string,
  request: ApiRequest,
): Answer {
  const record = runningContainer(state, containerName)
  if (!state) return statusResponse(notFound(podKind, podName))
  if (!record) return textResponse(404, `container not found ("${containerName}")`)
  const argv = parameters(request, 'command')
  if (argv.length === 0)
    return statusResponse(badRequest('you must specify at least 1 command for the container'))
  const tty = flag(request, 'tty')
  const stdin = flag(request, 'stdin', 'input')
  const container = record.current!
  return {
    kind: 'upgrade',
    start(client) {
      let streams: StandardStreams | undefined
      let kill = () => {}
      const pending: (readonly [number, string])[] = []
      const { runtime, simulation } = state.node
      const timer = simulation.schedule(state.node.latency(LATENCIES.execStart), () => {
        try {
          const execution = runtime.exec(container, {
            argv,
            tty,
            stdin,
            output: (stream, text) => client.message(Channel[stream], text),
            exited: ({ code }) => end(client, exitStatus(code)),
          })
          streams = execution.streams
          kill = () => execution.kill()
          for (const [channel, data] of pending) receive(streams, channel, data)
        } catch (error) {
          if (!(error instanceof ExecutableError)) throw error
          end(client, startFailure(error.message))
        }
      })
      return {
        message(channel, data) {
          if (streams) receive(streams, channel, data)
          else pending.push([channel, data])
        },
        close() {
          timer.cancel()
          // As with containerd: who hangs up on a terminal ends what runs there; other processes see the end of their input.
          if (tty) streams?.tty?.hangup()
          else if (stdin) streams?.endInput()
          else kill()
        },
      }
    },
  }
}

/** POST /attach/NAMESPACE/POD/CONTAINER: the streams of process 1. */
export function serveAttach(
  state: PodState | undefined,
  podName: string,
  containerName: string,
  request: ApiRequest,
): Answer {
  const record = runningContainer(state, containerName)
  if (!state) return statusResponse(notFound(podKind, podName))
  if (!record)
    return textResponse(
      404,
      `container ${containerName} not found in pod ${podName}_${state.pod.metadata?.namespace}`,
    )
  const container = record.current!
  const stdin = flag(request, 'stdin', 'input') && container.config.stdin
  return { kind: 'upgrade', start: (client) => attach(container, client, stdin) }
}

function attach(container: Container, client: ChannelPeer, stdin: boolean): ChannelPeer {
  const stopListening = container.streams.listen((stream, text) => client.message(Channel[stream], text))
  const stopWaiting = container.whenExited(() => end(client, SUCCESS))
  return {
    message(channel, data) {
      if (stdin || channel === Channel.resize) receive(container.streams, channel, data)
    },
    close() {
      stopListening()
      stopWaiting()
      if (stdin && container.config.stdinOnce) container.streams.endInput()
    },
  }
}

function runningContainer(state: PodState | undefined, name: string): ContainerRecord | undefined {
  return state?.records.find((record) => record.spec.name === name && isRunning(record))
}

function receive(streams: StandardStreams, channel: number, data: string): void {
  if (channel === Channel.stdin) streams.input(data)
  else if (channel === Channel.resize) resize(streams, data)
  else if (channel === Channel.close && data === '\0') streams.endInput()
}

/** `{"Width":80,"Height":24}` */
function resize({ tty }: StandardStreams, data: string): void {
  const match = /"Width":\s*(\d+).*?"Height":\s*(\d+)/.exec(data)
  if (match) tty?.resize(Number(match[1]), Number(match[2]))
}

function end(client: ChannelPeer, status: unknown): void {
  client.message(Channel.error, JSON.stringify(status))
  client.close()
}

function exitStatus(code: number): unknown {
  if (code === 0) return SUCCESS
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

/** An internal error inside an internal error: the kubelet's, passed on by the API server as its own. */
function startFailure(message: string): unknown {
  const text = `error executing command in container: ${message}`
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: Internal error occurred: ${text}`,
    reason: 'InternalError',
    details: { causes: [{ message: `Internal error occurred: ${text}` }] },
    code: 500,
  }
}
