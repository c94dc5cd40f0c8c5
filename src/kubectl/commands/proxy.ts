import type { ApiRequest, Method } from '../../api/wire.ts'
import { serveHttp, textResponse, type HttpRequest, type HttpResponse } from '../../os/net/http.ts'
import { listen, type Listener } from '../../os/net/sockets.ts'
import { SystemError, type Blocking } from '../../os/process.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError, ConnectionError, StatusError } from '../errors.ts'
import { decodeYaml } from '../resources/yaml-decode.ts'
import { rawText, splitTarget } from './raw.ts'

export const proxy = command({
  name: 'proxy',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Serve the API on a local port',
  long: 'Serves the API of the cluster on a local port, with the identity of the kubeconfig.',
  examples: ['kubectl proxy', 'kubectl proxy --port=8011'],
  usage: '[--port=PORT] [--address=ADDRESS] [options]',
  flags: [
    { name: 'port', short: 'p', type: 'integer', default: 8001, help: 'The port to listen on.' },
    { name: 'address', type: 'string', default: '127.0.0.1', help: 'The address to listen on.' },
    { name: 'api-prefix', type: 'string', default: '/', help: 'Below which path the API is served.' },
    { name: 'accept-hosts', type: 'string', default: '', help: 'Accepted; every host is.' },
    { name: 'accept-paths', type: 'string', default: '', help: 'Accepted; every path is.' },
    { name: 'reject-methods', type: 'string', default: '', help: 'Accepted; every method is taken.' },
    { name: 'reject-paths', type: 'string', default: '', help: 'Accepted; every path is taken.' },
    { name: 'disable-filter', type: 'boolean', default: false, help: 'Accepted; nothing is filtered.' },
    { name: 'append-server-path', type: 'boolean', default: false, help: 'Accepted.' },
    { name: 'keepalive', type: 'duration', default: 0, help: 'Accepted.' },
    { name: 'unix-socket', short: 'u', type: 'string', default: '', help: 'Not available here.' },
    { name: 'www', short: 'w', type: 'string', default: '', help: 'Not available here.' },
    { name: 'www-prefix', short: 'P', type: 'string', default: '/static/', help: 'Not available here.' },
  ],
  *run(context): Blocking<void> {
    const [port, address] = [context.flags.integer('port'), context.flags.string('address')]
    let bound: Listener
    try {
      bound = listen(context.process, port, address)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      throw new CommandError(`listen tcp ${address}:${port}: bind: ${error.message.toLowerCase()}`)
    }
    const { local } = bound
    bound.close()
    yield* context.printLine(`Starting to serve on ${address}:${local.port}`)
    const handler = (request: HttpRequest): Blocking<HttpResponse> => pass(context, request)
    yield* serveHttp(context.process, { port: local.port, address, handler })
  },
})

/** The request as the API server gets it, and its answer. */
function* pass(context: Context, request: HttpRequest): Blocking<HttpResponse> {
  const { path, query } = splitTarget(request.target)
  if (query['watch'] === 'true' || query['watch'] === '1' || query['follow'] === 'true')
    return textResponse(501, 'this proxy passes no streams on: use kubectl get -w or kubectl logs -f\n')
  try {
    const response = yield* context.api.request({
      method: request.method as Method,
      path,
      query,
      accept: request.headers.get('accept'),
      ...bodyOf(request),
    })
    return answer(response.status, response.contentType, rawText(path, response.body))
  } catch (error) {
    if (error instanceof StatusError) {
      const { status } = error
      return answer(status.code ?? 500, 'application/json', rawText(path, status))
    }
    if (error instanceof ConnectionError) return textResponse(502, `${error.message}\n`)
    throw error
  }
}

function bodyOf({ body, headers }: HttpRequest): Pick<ApiRequest, 'body' | 'contentType' | 'undecodable'> {
  if (body === '') return {}
  const contentType = headers.get('content-type') ?? 'application/json'
  try {
    return { contentType, body: decodeYaml(body) }
  } catch (error) {
    return { contentType, undecodable: { text: body, error: (error as Error).message } }
  }
}

const answer = (status: number, contentType: string, body: string): HttpResponse =>
  textResponse(status, body, [
    ['Cache-Control', 'no-cache, private'],
    ['Content-Type', contentType],
  ])
