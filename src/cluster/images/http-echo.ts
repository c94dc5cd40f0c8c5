import { utf8Length } from '../../encoding/utf8.ts'
import type { Program } from '../../os/index.ts'
import { Headers } from '../../os/net/http.ts'
import { httpDate, slashDate } from '../../encoding/dates.ts'
import { goFlags } from './go-flags.ts'
import { image } from './image.ts'
import { serveUntilSignal } from './servers.ts'

/** hashicorp/http-echo: answers every request with the text it was started with. */
const httpEcho: Program = function* (process) {
  const options = goFlags(process.argv.slice(1))
  const text = options.get('text') ?? process.env.get('ECHO_TEXT') ?? ''
  if (text === '') {
    yield* process.printError('Missing -text option or ECHO_TEXT env var!\n')
    return 127
  }
  const listen = options.get('listen') ?? ':5678'
  const port = Number(listen.slice(listen.lastIndexOf(':') + 1))
  const status = Number(options.get('status-code') ?? 200)
  const log = (line: string) => process.print(`${slashDate(process.now())} ${line}\n`)
  const server = {
    port,
    *handler() {
      const headers = new Headers([
        ['X-App-Name', 'http-echo'],
        ['X-App-Version', '1.0.0'],
        ['Date', httpDate(process.now())],
        ['Content-Length', String(utf8Length(text) + 1)],
        ['Content-Type', 'text/plain; charset=utf-8'],
      ])
      return { status, headers, body: `${text}\n` }
    },
    *served(request, response, { socket }) {
      const { address, port: clientPort } = socket.remote
      const agent = request.headers.get('user-agent') ?? ''
      yield* log(
        `${request.headers.get('host') ?? ''} ${address}:${clientPort} "${request.method} ${request.target} HTTP/${request.version}" ${response.status} ${utf8Length(response.body)} "${agent}" 0s`,
      )
    },
  } satisfies Parameters<typeof serveUntilSignal>[1][number]
  const ended = yield* serveUntilSignal(process, [server], ['SIGINT', 'SIGTERM'], () =>
    log(`[INFO] server is listening on ${listen}`),
  )
  if ('signal' in ended) return 0
  yield* log(`[ERR] Error starting server: listen tcp ${listen}: bind: address already in use`)
  return 127
}

export const httpEchoImages = [
  image({
    name: 'docker.io/hashicorp/http-echo',
    tags: ['1.0', '1.0.0', 'latest'],
    sizeBytes: 4_240_128,
    entrypoint: ['/http-echo'],
    exposedPorts: ['5678/tcp'],
    programs: { '/http-echo': httpEcho },
  }),
]
