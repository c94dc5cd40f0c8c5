import { SystemError, type Blocking, type Process } from '../../../os/index.ts'
import { Headers, HttpError, httpRequest, type HttpResponse } from '../../../os/net/http.ts'
import { getaddrinfo } from '../../../os/net/resolver.ts'
import { connect } from '../../../os/net/sockets.ts'
import { NginxConfigError } from './configuration.ts'
import { interpolate, type Exchange, type Outcome } from './respond.ts'
import type { NginxConfiguration, ProxyPass } from './settings.ts'

interface Peer {
  readonly address: string
  readonly port: number
}

/** The addresses of every name that is proxied to, found once when the configuration is read, and kept. */
export type Upstreams = Map<string, readonly Peer[]>

/** @throws NginxConfigError a name has no address: nginx does not start */
export function* resolveUpstreams(process: Process, configuration: NginxConfiguration): Blocking<Upstreams> {
  const upstreams: Upstreams = new Map()
  const passes = configuration.servers.flatMap(({ locations }) =>
    locations.flatMap(({ settings }) => settings.proxyPass ?? []),
  )
  for (const pass of passes) {
    const { authority } = partsOf(pass.url)
    if (authority.includes('$') || upstreams.has(authority)) continue
    const members = configuration.upstreams.get(authority) ?? [authority]
    const peers: Peer[] = []
    for (const member of members) {
      const found = yield* resolve(process, member)
      if (found.length === 0) {
        throw new NginxConfigError(`host not found in upstream "${member}" in ${pass.file}:${pass.line}`)
      }
      peers.push(...found)
    }
    upstreams.set(authority, peers)
  }
  return upstreams
}

function* resolve(process: Process, authority: string): Blocking<readonly Peer[]> {
  const [, host = '', port = '80'] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? []
  const result = yield* getaddrinfo(process, host, { family: 4 })
  return result.ok ? result.addresses.map((address) => ({ address, port: Number(port) })) : []
}

function partsOf(url: string): { authority: string; path: string | undefined } {
  const [, authority = '', path] = /^https?:\/\/([^/]*)(\/.*)?$/.exec(url) ?? []
  return { authority, path }
}

/** Passes the request on to the next peer, and to another one when that fails to connect. */
export function* passOn(exchange: Exchange, pass: ProxyPass): Blocking<Outcome> {
  const { worker, process, settings, path, query, location } = exchange
  const { authority, path: prefix } = partsOf(interpolate(pass.url, exchange))
  const peers = worker.upstreams.get(authority) ?? (yield* resolveNow(exchange, authority))
  const target =
    prefix === undefined
      ? exchange.request.target
      : prefix + path.slice(location?.pattern.length ?? 0) + (query ? `?${query}` : '')
  const headers = proxyHeaders(exchange, authority)
  let failure: Outcome = { status: 502 }
  for (let attempt = 0; attempt < peers.length; attempt++) {
    const peer = peers[worker.nextPeer(authority) % peers.length]!
    try {
      const socket = yield* connect(process, peer.address, peer.port, {
        timeoutMs: settings.proxyConnectTimeoutMs,
      })
      try {
        const { method, body } = exchange.request
        const request = { method, target, version: '1.0' as const, headers, body }
        return outcomeOf(yield* httpRequest(socket, request, { timeoutMs: settings.proxyReadTimeoutMs }))
      } finally {
        socket.close()
      }
    } catch (error) {
      failure = explain(exchange, error, `http://${peer.address}:${peer.port}${target}`)
    }
  }
  return failure
}

function* resolveNow(exchange: Exchange, authority: string): Blocking<readonly Peer[]> {
  if (!exchange.worker.configuration.hasResolver) {
    exchange.worker.logError(exchange, `no resolver defined to resolve ${authority.replace(/:\d+$/, '')}`)
    return []
  }
  const peers = yield* resolve(exchange.process, authority)
  if (peers.length === 0) {
    exchange.worker.logError(
      exchange,
      `${authority.replace(/:\d+$/, '')} could not be resolved (3: Host not found)`,
    )
  }
  return peers
}

function proxyHeaders(exchange: Exchange, authority: string): Headers {
  const headers = new Headers([
    ['Host', authority],
    ['Connection', 'close'],
  ])
  for (const [name, value] of exchange.request.headers) {
    if (!['host', 'connection', 'keep-alive', 'transfer-encoding'].includes(name.toLowerCase()))
      headers.add(name, value)
  }
  for (const { name, value } of exchange.settings.proxyHeaders) {
    const text = interpolate(value, exchange)
    if (text === '') headers.remove(name)
    else headers.set(name, text)
  }
  return headers
}

function outcomeOf({ status, headers, body }: HttpResponse): Outcome {
  const own = ['server', 'date', 'content-type', 'content-length', 'connection', 'transfer-encoding']
  const type = headers.get('content-type')
  const others = [...headers].filter(([name]) => !own.includes(name.toLowerCase()))
  return { status, body, headers: others, ...(type && { type }) }
}

const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect() failed (111: Connection refused) while connecting to upstream',
  EHOSTUNREACH: 'connect() failed (113: Host is unreachable) while connecting to upstream',
  ENETUNREACH: 'connect() failed (101: Network is unreachable) while connecting to upstream',
  ECONNRESET: 'recv() failed (104: Connection reset by peer) while reading response header from upstream',
  ETIMEDOUT: 'upstream timed out (110: Operation timed out) while connecting to upstream',
}

function explain(exchange: Exchange, error: unknown, upstream: string): Outcome {
  if (error instanceof HttpError) {
    exchange.worker.logError(
      exchange,
      'upstream prematurely closed connection while reading response header from upstream',
      upstream,
    )
    return { status: 502 }
  }
  if (!(error instanceof SystemError)) throw error
  exchange.worker.logError(exchange, CONNECT_ERRORS[error.code] ?? error.message, upstream)
  return { status: error.code === 'ETIMEDOUT' ? 504 : 502 }
}
