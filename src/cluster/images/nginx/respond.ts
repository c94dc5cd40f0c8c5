import { utf8Length } from '../../../encoding/utf8.ts'
import type { Blocking, Process } from '../../../os/index.ts'
import { Headers, type HttpRequest, type HttpResponse } from '../../../os/net/http.ts'
import { httpDate } from '../../../encoding/dates.ts'
import { STATUS_REASONS, contentType, specialPage } from './pages.ts'
import { passOn } from './proxy.ts'
import { chooseLocation, chooseServer } from './choose.ts'
import type { Location, Settings } from './settings.ts'
import type { Worker } from './worker.ts'

/** One request on its way through the configuration. */
export interface Exchange {
  readonly worker: Worker
  readonly process: Process
  readonly request: HttpRequest
  readonly client: { readonly address: string; readonly port: number }
  readonly local: { readonly address: string; readonly port: number }
  /** The decoded path, without the query. */
  readonly path: string
  readonly query: string
  readonly serverName: string
  readonly connection: number
  readonly location: Location | undefined
  readonly settings: Settings
}

/** What a handler decided; headers that every answer has are added after it. */
export interface Outcome {
  readonly status: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly type?: string
  readonly body?: string
}

const MAX_INTERNAL_REDIRECTS = 10

/** Answers one request as the configuration says. */
export function* respond(
  worker: Worker,
  process: Process,
  request: HttpRequest,
  socket: { readonly local: Exchange['local']; readonly remote: Exchange['client'] },
  connection: number,
): Blocking<{ readonly response: HttpResponse; readonly exchange: Exchange }> {
  const [rawPath = '/', query = ''] = request.target.split(/\?(.*)/s)
  const server = chooseServer(
    worker.configuration.servers,
    socket.local.port,
    request.headers.get('host') ?? '',
  )!
  const at = (path: string): Exchange => {
    const location = chooseLocation(server, path)
    const settings = location?.settings ?? server.settings
    const serverName = server.names[0] ?? ''
    return {
      worker,
      process,
      request,
      client: socket.remote,
      local: socket.local,
      path,
      query,
      serverName,
      connection,
      location,
      settings,
    }
  }
  let exchange = at(normalisePath(rawPath))
  if (request.version === '1.1' && !request.headers.has('host')) {
    return { response: finish(exchange, { status: 400 }), exchange }
  }
  if (server.settings.return)
    return { response: finish(exchange, returned(exchange, server.settings.return)), exchange }
  for (let redirects = 0; ; redirects++) {
    const outcome = yield* handle(exchange)
    if (!('redirect' in outcome)) {
      const page = exchange.settings.errorPages.get(outcome.status)
      const custom = page?.startsWith('/') ? staticFile(at(page), page) : undefined
      const shown = custom?.status === 200 ? { ...custom, status: outcome.status } : outcome
      return { response: finish(exchange, shown), exchange }
    }
    if (redirects === MAX_INTERNAL_REDIRECTS) return { response: finish(exchange, { status: 500 }), exchange }
    exchange = at(outcome.redirect)
  }
}

type Step = Outcome | { readonly redirect: string }

function* handle(exchange: Exchange): Blocking<Step> {
  const { settings } = exchange
  if (settings.return) return returned(exchange, settings.return)
  if (settings.proxyPass) return yield* passOn(exchange, settings.proxyPass)
  if (exchange.request.method !== 'GET' && exchange.request.method !== 'HEAD') return { status: 405 }
  return settings.tryFiles ? tryFiles(exchange, settings.tryFiles) : indexOrFile(exchange)
}

function returned(exchange: Exchange, { status, text }: { status: number; text: string }): Outcome {
  const value = interpolate(text, exchange)
  if (status >= 300 && status < 400 && value !== '') return { status, headers: [['Location', value]] }
  if (value === '') return { status }
  return { status, body: value, type: exchange.settings.defaultType ?? 'application/octet-stream' }
}

function tryFiles(exchange: Exchange, names: readonly string[]): Step {
  const { files } = exchange.process.machine
  for (const name of names.slice(0, -1)) {
    const path = interpolate(name, exchange)
    const type = files.stat(fileOf(exchange, path.replace(/\/$/, '') || '/'))?.type
    if (type === 'file' && !path.endsWith('/')) return staticFile(exchange, path)
    if (type === 'directory' && path.endsWith('/')) return indexOrFile({ ...exchange, path })
  }
  const last = interpolate(names.at(-1) ?? '', exchange)
  return last.startsWith('=') ? { status: Number(last.slice(1)) } : { redirect: last }
}

function indexOrFile(exchange: Exchange): Step {
  const { path, process, settings, request } = exchange
  const { files } = process.machine
  if (!path.endsWith('/')) {
    if (files.stat(fileOf(exchange, path))?.type !== 'directory') return staticFile(exchange, path)
    const host = request.headers.get('host') ?? exchange.local.address
    return {
      status: 301,
      headers: [['Location', `http://${host}${path}/${exchange.query && `?${exchange.query}`}`]],
    }
  }
  const directory = fileOf(exchange, path)
  const index = settings.index.find((name) => files.stat(`${directory}${name}`)?.type === 'file')
  if (index) return staticFile(exchange, `${path}${index}`)
  if (files.stat(directory)?.type === 'directory' && settings.autoindex) return listing(exchange, directory)
  if (files.stat(directory)?.type === 'directory') {
    exchange.worker.logError(exchange, `directory index of "${directory}" is forbidden`)
    return { status: 403 }
  }
  return notFound(exchange, `${directory}${settings.index[0] ?? 'index.html'}`)
}

function staticFile(exchange: Exchange, path: string): Outcome {
  const { files } = exchange.process.machine
  const file = fileOf(exchange, path)
  const status = files.stat(file)
  if (status?.type !== 'file') return notFound(exchange, file)
  const seconds = Math.floor(status.modifiedMs / 1000)
  return {
    status: 200,
    type: contentType(file, exchange.settings.defaultType ?? 'application/octet-stream'),
    body: files.read(file),
    headers: [
      ['Last-Modified', httpDate(seconds * 1000)],
      ['ETag', `"${seconds.toString(16)}-${status.size.toString(16)}"`],
      ['Accept-Ranges', 'bytes'],
    ],
  }
}

function notFound(exchange: Exchange, file: string): Outcome {
  exchange.worker.logError(exchange, `open() "${file}" failed (2: No such file or directory)`)
  return { status: 404 }
}

function listing({ process, path }: Exchange, directory: string): Outcome {
  const names = process.machine.files.list(directory)
  const lines = names.map((name) => `<a href="${name}">${name}</a>`).join('\r\n')
  const title = `Index of ${path}`
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${lines}\r\n</pre><hr></body>\r\n</html>\r\n`
  return { status: 200, type: 'text/html', body }
}

function fileOf({ settings, location }: Exchange, path: string): string {
  if (settings.alias !== undefined) return settings.alias + path.slice(location?.pattern.length ?? 0)
  return settings.root.replace(/\/$/, '') + path
}

/** In nginx's order: Server, Date, Content-Type, Content-Length, Last-Modified, Connection, then the rest. */
function finish(exchange: Exchange, outcome: Outcome): HttpResponse {
  const { request, worker, settings, process } = exchange
  const page = outcome.body ?? specialPage(outcome.status, worker.version) ?? ''
  const given = new Map(outcome.headers)
  const take = (name: string) => {
    const value = given.get(name)
    given.delete(name)
    return value
  }
  const headers = new Headers([
    ['Server', `nginx/${worker.version}`],
    ['Date', httpDate(process.now())],
  ])
  if (outcome.status !== 204 && outcome.status !== 304) {
    headers.add('Content-Type', outcome.type ?? 'text/html').add('Content-Length', String(utf8Length(page)))
  }
  const modified = take('Last-Modified')
  if (modified) headers.add('Last-Modified', modified)
  const location = take('Location')
  if (location) headers.add('Location', location)
  headers.add('Connection', keepsAlive(request) && !worker.draining ? 'keep-alive' : 'close')
  for (const [name, value] of given) headers.add(name, value)
  for (const { name, value, always } of settings.headers) {
    if (always || [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(outcome.status)) {
      headers.add(name, interpolate(value, exchange))
    }
  }
  const reason = STATUS_REASONS[outcome.status]
  return { status: outcome.status, headers, body: page, ...(reason && { reason }) }
}

function keepsAlive(request: HttpRequest): boolean {
  const connection = request.headers.get('connection')?.toLowerCase()
  return request.version === '1.1' ? connection !== 'close' : connection === 'keep-alive'
}

/** Percent-decoded, without `.`, `..` and doubled slashes. */
function normalisePath(raw: string): string {
  let decoded = raw
  try {
    decoded = decodeURIComponent(raw)
  } catch {
    // Left as it is: nginx answers 400, a file of that name is not there either way.
  }
  const parts: string[] = []
  for (const part of decoded.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}${parts.length > 0 && /\/\.{0,2}$/.test(decoded) ? '/' : ''}`
}

/** Variables of the http module; one that is not known is empty. */
export function interpolate(text: string, exchange: Exchange): string {
  if (!text.includes('$')) return text
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) =>
    variable(braced ?? bare ?? '', exchange),
  )
}

function variable(name: string, exchange: Exchange): string {
  const { request, client, local, path, query, process, serverName } = exchange
  const host = (request.headers.get('host') ?? serverName).replace(/:\d+$/, '')
  const values: Readonly<Record<string, () => string>> = {
    uri: () => path,
    document_uri: () => path,
    request_uri: () => request.target,
    args: () => query,
    query_string: () => query,
    is_args: () => (query ? '?' : ''),
    host: () => host,
    hostname: () => process.machine.hostname,
    http_host: () => request.headers.get('host') ?? '',
    remote_addr: () => client.address,
    remote_port: () => String(client.port),
    server_addr: () => local.address,
    server_port: () => String(local.port),
    server_name: () => serverName,
    server_protocol: () => `HTTP/${request.version}`,
    request_method: () => request.method,
    request: () => `${request.method} ${request.target} HTTP/${request.version}`,
    scheme: () => 'http',
    nginx_version: () => exchange.worker.version,
    proxy_add_x_forwarded_for: () =>
      [request.headers.get('x-forwarded-for'), client.address].filter(Boolean).join(', '),
  }
  const known = values[name]
  if (known) return known()
  const header = /^http_(.+)$/.exec(name)?.[1]
  if (header) return request.headers.get(header.replaceAll('_', '-')) ?? ''
  const argument = /^arg_(.+)$/.exec(name)?.[1]
  const found = argument && query.split('&').find((pair) => pair.startsWith(`${argument}=`))
  return found ? found.slice(argument.length + 1) : ''
}
