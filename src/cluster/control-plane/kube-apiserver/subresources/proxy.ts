import type { Endpoints, Pod, Service, Status } from '../../../../api/generated/types.ts'
import type { Kind } from '../../../../api/kind.ts'
import { endpoints } from '../../../../api/kinds/endpoints.ts'
import { badRequest, failure, StatusError } from '../../../../api/status.ts'
import type { Answer, ApiRequest, ApiResponse } from '../../../../api/wire.ts'
import type { ProxiedRequest, ResourceCall } from '../context.ts'
import { existing } from '../verbs/get.ts'

/** `[scheme:]name[:port]`, as proxies name what they want; the port may be a name. */
interface Backend {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

/** pods/proxy and services/proxy: the request goes on over the cluster's network, from the API server's own host. */
export function proxy(call: ResourceCall): Answer {
  const { server, request, kind, info } = call
  const backend = backendOf(info.name)
  if (!backend) throw new StatusError(badRequest(`invalid ${kind.kind.toLowerCase()} request "${info.name}"`))
  const { address, port } = kind.kind === 'Pod' ? podTarget(call, backend) : serviceTarget(call, backend)
  const [, prefix = '', path = ''] = /^(.*?\/[^/]+\/proxy)(\/.*)?$/.exec(request.path)!
  if (path === '' && request.method === 'GET') return movedTo(`${prefix}/${queryText(request)}`)
  const target = `${path || '/'}${queryText(request)}`
  return {
    kind: 'later',
    start: (answered) =>
      server.proxy({ address, port, target, ...contentOf(request) }, (outcome) =>
        answered('error' in outcome ? notReached(outcome.error) : outcome),
      ),
  }
}

const movedTo = (location: string): Answer => ({
  kind: 'response',
  response: {
    status: 301,
    contentType: 'text/html; charset=utf-8',
    warnings: [],
    headers: { Location: location },
    body: `<a href="${location}">Moved Permanently</a>.\n\n`,
  },
})

const notReached = (error: string): ApiResponse => ({
  status: 503,
  contentType: 'application/json',
  warnings: [],
  body: unavailable(`error trying to reach service: ${error}`),
})

function queryText({ query = {} }: ApiRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** What the client sent, as far as it still is what it sent: a body of JSON was read, and is written anew. */
function contentOf(request: ApiRequest): Pick<ProxiedRequest, 'method' | 'headers' | 'body'> {
  const { method, accept, contentType, userAgent, body, undecodable } = request
  const headers: [string, string][] = []
  if (userAgent !== undefined) headers.push(['User-Agent', userAgent])
  if (accept !== undefined) headers.push(['Accept', accept])
  if (contentType !== undefined) headers.push(['Content-Type', contentType])
  return { method, headers, body: undecodable?.text ?? (body === undefined ? '' : JSON.stringify(body)) }
}

function backendOf(text: string): Backend | undefined {
  const parts = text.split(':')
  const [scheme, name, port] =
    parts.length === 1 ? ['', parts[0], ''] : parts.length === 2 ? ['', ...parts] : parts
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme!)) return undefined
  return { scheme: scheme!, name, port: port! }
}

type Target = Pick<ProxiedRequest, 'address' | 'port'>

function podTarget(call: ResourceCall, { name, port }: Backend): Target {
  const pod = existing({ ...call, info: { ...call.info, name } }) as Pod
  const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []) ?? []
  const address = pod.status?.podIP
  if (!address) throw new StatusError(badRequest('address not allowed'))
  return { address, port: port === '' ? (ports[0]?.containerPort ?? 80) : Number(port) }
}

const unavailable = (message: string): Status => failure(503, 'ServiceUnavailable', message)

/** One of the Service's endpoints, by lot: kube-proxy has no part in it. */
function serviceTarget(call: ResourceCall, { name, port: wanted }: Backend): Target {
  const info = { ...call.info, name }
  const port = /^\d+$/.test(wanted) ? portName(existing({ ...call, info }) as Service, wanted) : wanted
  const { subsets = [] } = existing({ ...call, kind: endpoints as Kind, info }) as Endpoints
  if (subsets.length === 0) throw new StatusError(unavailable(`no endpoints available for service "${name}"`))
  const candidates = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter((one) => (one.name ?? '') === port)
      .flatMap((one) => addresses.map(({ ip }) => ({ address: ip, port: one.port }))),
  )
  if (candidates.length === 0)
    throw new StatusError(unavailable(`no endpoints available for service "${call.info.name}"`))
  return call.server.simulation.random('service proxy').pick(candidates)
}

/** A port's name leads to those of the endpoints. */
function portName(service: Service, number: string): string {
  const found = service.spec?.ports?.find(({ port }) => port === Number(number))
  if (found) return found.name ?? ''
  throw new StatusError(
    unavailable(`no service port ${number} found for service "${service.metadata?.name}"`),
  )
}
