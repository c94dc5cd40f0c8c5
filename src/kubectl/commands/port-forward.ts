import { pathOf } from '../../api/resource.ts'
import type { ChannelPeer } from '../../api/wire.ts'
import { listen, type Listener, type Socket } from '../../os/net/sockets.ts'
import { withThreads } from '../../os/net/threads.ts'
import { Inbox } from '../../os/net/waiting.ts'
import { SystemError, type Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command } from '../command.ts'
import { completeNamesOf } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, UsageError } from '../errors.ts'
import { klog } from '../klog.ts'
import { objectPath } from '../resources/builder.ts'
import { podFor } from './containers.ts'
import { PODS } from './exec.ts'

/** Channels of a forwarded connection. */
const DATA = 0
const ERROR = 1

export const portForward = command({
  name: 'port-forward',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Forward a local port to a Pod',
  long: 'Listens on local ports and carries each connection to a port of a Pod: of the one named, or of one behind a Service or workload, chosen when it starts. The API server and the kubelet carry it; kube-proxy has no part in it.',
  examples: [
    'kubectl port-forward web-0 8080:80',
    'kubectl port-forward svc/web 8080:http',
    'kubectl port-forward deploy/web :80',
  ],
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  flags: [
    { name: 'address', type: 'list', default: ['localhost'], help: 'Addresses to listen on.' },
    { name: 'pod-running-timeout', type: 'duration', default: 60_000, help: 'How long to wait for a Pod.' },
  ],
  completeArgs: completeNamesOf('pods', ['deployments', 'services']),
  run: runPortForward,
})

interface Forwarding {
  /** 0: any that is free. */
  readonly local: number
  readonly remote: number
}

function* runPortForward(context: Context): Blocking<number> {
  const [target, ...ports] = context.args
  if (target === undefined || ports.length === 0)
    throw new UsageError('TYPE/NAME and list of ports are required for port-forward')
  const { pod, service } = yield* targetOf(context, target)
  const forwardings = ports.map((text) => forwardingOf(text, pod, service))
  const phase = pod.status?.phase
  if (phase !== 'Running')
    throw new CommandError(`unable to forward port because pod is not running. Current status=${phase}`)
  const lost = new Inbox<true>()
  return yield* withThreads<number>(function* (start) {
    for (const forwarding of forwardings) {
      for (const { listener, shown } of listenersFor(context, forwarding)) {
        yield* context.printLine(`Forwarding from ${shown}:${listener.local.port} -> ${forwarding.remote}`)
        start(acceptAll(context, listener, pod, forwarding.remote, start, () => lost.put(true)))
      }
    }
    yield* lost.take(context.process)
    throw new CommandError('lost connection to pod')
  })
}

function* targetOf(context: Context, word: string): Blocking<{ pod: KubeObject; service?: KubeObject }> {
  const pod = yield* podFor(context, word, false)
  const [typeName = '', name = ''] = word.split('/')
  const type = word.includes('/') ? yield* context.discovery.mustFind(typeName) : undefined
  if (type?.kind !== 'Service') return { pod }
  return { pod, service: yield* context.api.get(objectPath({ type, namespace: context.namespace, name })) }
}

/** `8080:80`, `8080:http`, `:80`, `80`; of a Service it is its port, which leads to the Pod's. */
function forwardingOf(text: string, pod: KubeObject, service: KubeObject | undefined): Forwarding {
  const [first = '', second = first] = text.split(':')
  const remote = service ? servicePort(service, pod, second) : podPort(pod, second)
  const local = text.includes(':') ? first : /^\d+$/.test(second) ? second : String(remote)
  return { local: local === '' ? 0 : Number(local), remote }
}

function servicePort(service: KubeObject, pod: KubeObject, text: string): number {
  const { name } = service.metadata
  const ports: KubeObject[] = service.spec.ports ?? []
  const isNumber = /^\d+$/.test(text)
  const found = ports.find((one) => (isNumber ? one.port === Number(text) : one.name === text))
  if (!found)
    throw new CommandError(
      isNumber
        ? `Service ${name} does not have a service port ${text}`
        : `Service '${name}' does not have a named port '${text}'`,
    )
  if (service.spec.clusterIP === 'None') return found.port
  return podPort(pod, String(found.targetPort ?? found.port))
}

function podPort(pod: KubeObject, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  const ports = (pod.spec.containers as KubeObject[]).flatMap(({ ports = [] }) => ports as KubeObject[])
  const found = ports.find(({ name }) => name === text)
  if (!found) throw new CommandError(`Pod '${pod.metadata.name}' does not have a named port '${text}'`)
  return found.containerPort
}

/** localhost is both loopback addresses; a machine without the one has the other. */
function listenersFor(context: Context, { local }: Forwarding): { listener: Listener; shown: string }[] {
  const listeners: { listener: Listener; shown: string }[] = []
  const failures: string[] = []
  const tryAt = (address: string, shown: string): void => {
    try {
      const port = listeners[0]?.listener.local.port ?? local
      listeners.push({ listener: listen(context.process, port, address), shown })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      failures.push(`unable to create listener: Error listen tcp ${shown}:${local}: bind: ${error.message}`)
    }
  }
  for (const address of context.flags.list('address')) {
    tryAt(address === 'localhost' ? '127.0.0.1' : address, address === 'localhost' ? '127.0.0.1' : address)
    if (address === 'localhost') tryAt('::1', '[::1]')
  }
  if (listeners.length === 0)
    throw new CommandError(
      `unable to listen on any of the requested ports: [{${local} ${local}}]: ${failures.join('; ')}`,
    )
  return listeners
}

function* acceptAll(
  context: Context,
  listener: Listener,
  pod: KubeObject,
  remote: number,
  start: (thread: Blocking<void>) => void,
  lost: () => void,
): Blocking<void> {
  for (;;) {
    const socket = yield* listener.accept()
    const { port } = listener.local
    yield* context.printLine(`Handling connection for ${port}`)
    start(carry(context, socket, pod, remote, start, (reason) => failed(context, port, remote, reason, lost)))
  }
}

function* failed(
  context: Context,
  local: number,
  remote: number,
  reason: string,
  lost: () => void,
): Blocking<void> {
  const text = JSON.stringify(`an error occurred forwarding ${local} -> ${remote}: ${reason}`)
  yield* context.printError(klog(context, 'E', 'portforward.go:522', `"Unhandled Error" err=${text}`))
  lost()
}

/** One connection: what the socket says goes to the Pod, what the Pod says to the socket, until one side ends. */
function* carry(
  context: Context,
  socket: Socket,
  pod: KubeObject,
  remote: number,
  start: (thread: Blocking<void>) => void,
  failure: (reason: string) => Blocking<void>,
): Blocking<void> {
  const arrived = new Inbox<{ readonly channel: number; readonly data: string }>()
  let server: ChannelPeer | undefined
  const path = pathOf(PODS, pod.metadata.namespace, pod.metadata.name, 'portforward')
  const connection = context.api.upgrade(
    path,
    { ports: String(remote) },
    {
      open(peer) {
        server = peer
        start(sendAll(socket, peer))
      },
      message: (channel, data) => arrived.put({ channel, data }),
      close: () => arrived.end(),
      refused(response) {
        arrived.put({ channel: ERROR, data: context.api.errorOf(response).message })
        arrived.end()
      },
    },
  )
  try {
    for (;;) {
      const next = yield* arrived.take(context.process)
      if (typeof next === 'string') return
      if (next.item.channel === ERROR) yield* failure(next.item.data)
      else if (next.item.channel === DATA) yield* socket.write(next.item.data)
    }
  } finally {
    socket.close()
    server?.close()
    connection.cancel()
  }
}

function* sendAll(socket: Socket, peer: ChannelPeer): Blocking<void> {
  for (let text = yield* socket.read(); text !== null; text = yield* socket.read()) peer.message(DATA, text)
}
