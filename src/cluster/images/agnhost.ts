import type { Blocking, Process, Program } from '../../os/index.ts'
import { textResponse, type HttpRequest, type HttpResponse } from '../../os/net/http.ts'
import { bindUdp } from '../../os/net/sockets.ts'
import { withThreads } from '../../os/net/threads.ts'
import { goFlags } from './go-flags.ts'
import { image } from './image.ts'
import { serveUntilSignal, untilSignal } from './servers.ts'
import { busyboxUserland } from './userland.ts'

/** Kubernetes' test image: a program with sub-commands, of which these serve. */
const agnhost: Program = function* (process) {
  const [, command = 'help', ...args] = process.argv
  const subcommand = COMMANDS[command]
  if (subcommand) return yield* subcommand(process, goFlags(args))
  yield* process.printError(`Error: unknown command "${command}" for "app"\nRun 'app --help' for usage.\n`)
  return 1
}

type Subcommand = (process: Process, options: ReadonlyMap<string, string>) => Blocking<number>

const COMMANDS: Readonly<Record<string, Subcommand>> = {
  *pause(process) {
    yield* process.print('Paused\n')
    yield* untilSignal(process, 'SIGINT', 'SIGTERM')
    return 0
  },

  *'serve-hostname'(process, options) {
    const port = Number(options.get('port') ?? 9376)
    yield* process.print(`Serving on port ${port}.\n`)
    const handler = answer(() => process.machine.hostname)
    return yield* serveHttpUntilKilled(process, [{ port, handler }])
  },

  *netexec(process, options) {
    const port = Number(options.get('http-port') ?? 8080)
    const udpPort = Number(options.get('udp-port') ?? 8081)
    yield* process.print(`Started HTTP server on port ${port}\nStarted UDP server on port  ${udpPort}\n`)
    return yield* withThreads<number>(function* (start) {
      start(answerDatagrams(process, udpPort))
      return yield* serveHttpUntilKilled(process, [
        { port, handler: (request, connection) => netexec(process, request, connection) },
      ])
    })
  },
}

type Handler = Parameters<typeof serveUntilSignal>[1][number]['handler']

const answer = (body: () => string): Handler =>
  function* () {
    return textResponse(200, body())
  }

function* serveHttpUntilKilled(
  process: Process,
  servers: Parameters<typeof serveUntilSignal>[1],
): Blocking<number> {
  const ended = yield* serveUntilSignal(process, servers, ['SIGINT', 'SIGTERM'])
  return 'signal' in ended ? (requestedExits.get(process) ?? 143) : 1
}

/** The code a client has asked this process to end with. */
const requestedExits = new WeakMap<Process, number>()

function requestExit(process: Process, code: number): void {
  requestedExits.set(process, code)
  process.kill(process.pid, 'SIGTERM')
}

/** `/hostname`, `/clientip`, `/echo?msg=`, `/healthz`, `/exit?code=`, else the time. */
function* netexec(
  process: Process,
  request: HttpRequest,
  { socket }: Parameters<Handler>[1],
): Blocking<HttpResponse> {
  const [path = '/', query = ''] = request.target.split('?')
  const parameter = (name: string) => {
    const pair = query.split('&').find((each) => each.startsWith(`${name}=`))
    return pair === undefined
      ? undefined
      : decodeURIComponent(pair.slice(name.length + 1).replaceAll('+', ' '))
  }
  yield* process.print(`GET ${request.target}\n`)
  if (path === '/hostname' || path === '/hostName') return textResponse(200, process.machine.hostname)
  if (path === '/clientip') return textResponse(200, `${socket.remote.address}:${socket.remote.port}`)
  if (path === '/echo') return textResponse(Number(parameter('code') ?? 200), parameter('msg') ?? '')
  if (path === '/healthz' || path === '/readyz') return textResponse(200, '')
  if (path === '/header') return textResponse(200, request.headers.get(parameter('key') ?? '') ?? '')
  if (path === '/exit') requestExit(process, Number(parameter('code') ?? 0))
  return textResponse(200, `NOW: ${process.now()}`)
}

function* answerDatagrams(process: Process, port: number): Blocking<void> {
  const socket = bindUdp(process, { port })
  for (;;) {
    const datagram = yield* socket.receive()
    if (!datagram) continue
    const text = String(datagram.payload).trim()
    const [verb, ...rest] = text.split(' ')
    const { address, port: clientPort } = datagram.from
    const reply =
      verb === 'hostname'
        ? process.machine.hostname
        : verb === 'clientip'
          ? `${address}:${clientPort}`
          : rest.join(' ')
    socket.send(datagram.from, reply, reply.length)
  }
}

export const agnhostImages = [
  image({
    name: 'registry.k8s.io/e2e-test-images/agnhost',
    tags: ['2.39', '2.40', '2.45', '2.47', '2.53', '2.57'],
    sizeBytes: 51_107_327,
    entrypoint: ['/agnhost'],
    cmd: ['pause'],
    libc: 'musl',
    userland: busyboxUserland,
    programs: { '/agnhost': agnhost },
  }),
]
