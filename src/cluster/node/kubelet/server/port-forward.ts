import { badRequest, notFound } from '../../../../api/status.ts'
import { pod as podKind } from '../../../../api/kinds/pod.ts'
import type { Answer, ApiRequest, ChannelPeer } from '../../../../api/wire.ts'
import type { NetworkError } from '../../../../network/index.ts'
import type { PodSandbox } from '../../container-runtime/index.ts'
import type { PodState } from '../pod-state.ts'
import { parameters, statusResponse, textResponse } from './responses.ts'

/** Of each forwarded port: what goes through it, and what went wrong, as text. */
const DATA = 0
const ERROR = 1

/**
 * POST /portForward/NAMESPACE/POD?port=80: a connection to a port of the Pod's localhost. One connection an upgrade;
 * channel 0 is its data, channel 1 the reason when it cannot be made.
 */
export function servePortForward(state: PodState | undefined, podName: string, request: ApiRequest): Answer {
  if (!state) return statusResponse(notFound(podKind, podName))
  const port = Number(parameters(request, 'port')[0] ?? parameters(request, 'ports')[0])
  if (!(port > 0 && port < 65_536)) return statusResponse(badRequest('query parameter "port" is required'))
  const { sandbox } = state
  if (!sandbox?.ready) return textResponse(404, `sandbox of pod ${podName} is not running`)
  return { kind: 'upgrade', start: (client) => forward(sandbox, port, client) }
}

function forward(sandbox: PodSandbox, port: number, client: ChannelPeer): ChannelPeer {
  let connected = false
  const unsent: string[] = []
  const connection = sandbox.sockets.connectTcp(
    { address: '127.0.0.1', port },
    {
      connected() {
        connected = true
        for (const text of unsent) connection.send(text)
      },
      data: (text) => client.message(DATA, text),
      end: () => client.close(),
      error(error) {
        if (!connected) client.message(ERROR, failure(sandbox, port, error))
        client.close()
      },
    },
  )
  return {
    message(channel, data) {
      if (channel !== DATA) return
      if (connected) connection.send(data)
      else unsent.push(data)
    },
    close: () => connection.end(),
  }
}

const REASONS: Partial<Record<NetworkError, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ETIMEDOUT: 'i/o timeout',
}

function failure({ id, networkNamespace }: PodSandbox, port: number, error: NetworkError): string {
  return `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace "${networkNamespace}": failed to connect to localhost:${port} inside namespace "${id}", IPv4: dial tcp4 127.0.0.1:${port}: ${REASONS[error] ?? error} IPv6 dial tcp6: address localhost: no suitable address found `
}
