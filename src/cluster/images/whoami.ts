import type { Program } from '../../os/index.ts'
import { textResponse } from '../../os/net/http.ts'
import { goFlags } from './go-flags.ts'
import { image } from './image.ts'
import { serveUntilSignal } from './servers.ts'

/** traefik/whoami: tells a client who answered, and how the request looked when it arrived. */
const whoami: Program = function* (process) {
  const options = goFlags(process.argv.slice(1))
  const port = Number(options.get('port') ?? process.env.get('WHOAMI_PORT_NUMBER') ?? 80)
  const name = options.get('name') ?? process.env.get('WHOAMI_NAME')
  yield* process.printError(`Starting up on port ${port}\n`)
  const ended = yield* serveUntilSignal(
    process,
    [
      {
        port,
        *handler(request, { socket }) {
          const { address, port: clientPort } = socket.remote
          const lines = [
            ...(name ? [`Name: ${name}`] : []),
            `Hostname: ${process.machine.hostname}`,
            ...new Set(['127.0.0.1', socket.local.address].map((each) => `IP: ${each}`)),
            `RemoteAddr: ${address}:${clientPort}`,
            `${request.method} ${request.target} HTTP/${request.version}`,
            `Host: ${request.headers.get('host') ?? ''}`,
            ...[...request.headers]
              .filter(([header]) => header.toLowerCase() !== 'host')
              .map(([header, value]) => `${header}: ${value}`)
              .sort(),
          ]
          return textResponse(200, `${lines.join('\n')}\n\n`)
        },
      },
    ],
    ['SIGTERM', 'SIGINT'],
  )
  return 'signal' in ended ? 2 : 1
}

/** Google's sample server: a greeting, its version and its host's name. */
const helloApp = (version: string): Program =>
  function* (process) {
    const port = Number(process.env.get('PORT') ?? 8080)
    yield* process.printError(`Server listening on port ${port}\n`)
    const server = {
      port,
      *handler({ target }: { readonly target: string }) {
        yield* process.printError(`Serving request: ${target}\n`)
        return textResponse(
          200,
          `Hello, world!\nVersion: ${version}\nHostname: ${process.machine.hostname}\n`,
        )
      },
    }
    const ended = yield* serveUntilSignal(process, [server], ['SIGTERM', 'SIGINT'])
    return 'signal' in ended ? 2 : 1
  }

const helloAppImage = (name: string, tag: string) =>
  image({
    name,
    tags: [tag],
    sizeBytes: 12_900_000,
    exposedPorts: ['8080/tcp'],
    cmd: ['./hello-app'],
    programs: { '/hello-app': helloApp(`${tag}.0`) },
  })

/** Small servers that tutorials use to show which Pod answered. */
export const whoamiImages = [
  image({
    name: 'docker.io/traefik/whoami',
    tags: ['latest', 'v1.10', 'v1.11', 'v1.11.0'],
    sizeBytes: 2_900_000,
    exposedPorts: ['80/tcp'],
    entrypoint: ['/whoami'],
    programs: { '/whoami': whoami },
  }),
  ...['gcr.io/google-samples/hello-app', 'us-docker.pkg.dev/google-samples/containers/gke/hello-app'].flatMap(
    (name) => ['1.0', '2.0'].map((tag) => helloAppImage(name, tag)),
  ),
]
