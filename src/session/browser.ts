import { Headers, HttpError, httpRequest, type HttpResponse } from '../os/net/http.ts'
import { getaddrinfo } from '../os/net/resolver.ts'
import { connect } from '../os/net/sockets.ts'
import { SystemError, type Blocking, type Kernel, type Machine, type Process } from '../os/index.ts'
import { Backends } from './backend.ts'

export type BrowseErrorCode =
  | 'INVALID_URL'
  | 'NAME_NOT_RESOLVED'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_RESET'
  | 'CONNECTION_TIMED_OUT'
  | 'ADDRESS_UNREACHABLE'
  | 'EMPTY_RESPONSE'
  | 'INVALID_RESPONSE'
  | 'TOO_MANY_REDIRECTS'
  | 'SCHEME_NOT_SIMULATED'

export type BrowseResult =
  | {
      readonly kind: 'page'
      /** After redirects. */
      readonly url: string
      readonly status: number
      readonly reason: string
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
      /** `address:port` spoken to. */
      readonly remoteAddress: string
      /** The Pod that answered in the end, `namespace/name`, where the network can tell. */
      readonly answeredBy?: string
      /** Virtual time from the first lookup to the last byte, in ms. */
      readonly tookMs: number
    }
  | {
      readonly kind: 'error'
      readonly code: BrowseErrorCode
      /** What happened, for people: `203.0.113.10 refused to connect.` */
      readonly message: string
      readonly tookMs: number
    }

/** As many redirects as browsers follow. */
const MAX_REDIRECTS = 20
/** How long browsers wait for a server that took the connection, in ms. */
const RESPONSE_TIMEOUT_MS = 300_000

/** One page load by the browser of `machine`; `done` is called once. */
export function browse(
  machine: Machine & { readonly kernel: Kernel },
  url: string,
  done: (result: BrowseResult) => void,
): void {
  let result: BrowseResult = failure('EMPTY_RESPONSE', 'The browser was closed.', 0)
  const backends = new Backends(machine.simulation)
  machine.kernel.start(
    function* (process) {
      const started = process.now()
      const outcome = yield* load(process, url, backends)
      result = { ...outcome, tookMs: process.now() - started }
      return 0
    },
    {
      argv: [BROWSER, url],
      onExit: () => {
        backends.stop()
        done(result)
      },
    },
  )
}

/** The browser among the processes of its machine. */
export const BROWSER = 'browser'

function* load(process: Process, address: string, backends: Backends): Blocking<BrowseResult> {
  let url = parseUrl(address)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (!url) return failure('INVALID_URL', `"${address}" is not an address that a browser can open.`)
    if (url.scheme !== 'http') {
      return failure(
        'SCHEME_NOT_SIMULATED',
        `Only http:// is simulated, not ${url.scheme}://. Try http://${url.authority}${url.target}`,
      )
    }
    const result = yield* fetchOnce(process, url, backends)
    const location =
      result.kind === 'page' && result.status >= 301 && result.status <= 308
        ? result.headers['location']
        : undefined
    if (result.kind === 'error' || !location) return result
    url = parseUrl(location.startsWith('/') ? `http://${url.authority}${location}` : location)
  }
  return failure('TOO_MANY_REDIRECTS', `${address} redirected more than ${MAX_REDIRECTS} times.`)
}

function* fetchOnce(process: Process, url: Url, backends: Backends): Blocking<BrowseResult> {
  const resolution = yield* getaddrinfo(process, url.host)
  const address = resolution.ok ? resolution.addresses[0] : undefined
  if (!address) return failure('NAME_NOT_RESOLVED', `The address of ${url.host} could not be found.`)
  try {
    const socket = yield* connect(process, address, url.port)
    const headers = new Headers([
      ['Host', url.authority],
      ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) Tabernetes'],
      ['Accept', 'text/html,*/*;q=0.8'],
      ['Connection', 'close'],
    ])
    const response: HttpResponse = yield* httpRequest(
      socket,
      { method: 'GET', target: url.target, version: '1.1', headers, body: '' },
      { timeoutMs: RESPONSE_TIMEOUT_MS },
    )
    socket.close()
    return page(
      url,
      response,
      `${address}:${url.port}`,
      backends.behind(socket.local, { address, port: url.port }),
    )
  } catch (error) {
    return connectionFailure(error, url)
  }
}

function page(
  url: Url,
  response: HttpResponse,
  remoteAddress: string,
  answeredBy: string | undefined,
): BrowseResult {
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers) headers[name.toLowerCase()] = value
  return {
    kind: 'page',
    url: `http://${url.authority}${url.target}`,
    status: response.status,
    reason: response.reason ?? '',
    headers,
    body: response.body,
    remoteAddress,
    ...(answeredBy !== undefined && { answeredBy }),
    tookMs: 0,
  }
}

/** The words of a browser for each errno. */
const CONNECTION_ERRORS: Readonly<Record<string, readonly [BrowseErrorCode, (host: string) => string]>> = {
  ECONNREFUSED: ['CONNECTION_REFUSED', (host) => `${host} refused to connect.`],
  ECONNRESET: ['CONNECTION_RESET', () => 'The connection was reset.'],
  EPIPE: ['CONNECTION_RESET', () => 'The connection was reset.'],
  ETIMEDOUT: ['CONNECTION_TIMED_OUT', (host) => `${host} took too long to respond.`],
  EHOSTUNREACH: ['ADDRESS_UNREACHABLE', (host) => `${host} is unreachable.`],
  ENETUNREACH: ['ADDRESS_UNREACHABLE', (host) => `${host} is unreachable.`],
}

function connectionFailure(error: unknown, url: Url): BrowseResult {
  if (error instanceof HttpError) return failure('EMPTY_RESPONSE', `${url.host} did not send any data.`)
  const known = error instanceof SystemError ? CONNECTION_ERRORS[error.code] : undefined
  if (!known) throw error
  return failure(known[0], known[1](url.host))
}

interface Url {
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** As in the Host header. */
  readonly authority: string
  readonly target: string
}

/** An address as people type it: the scheme may be missing. */
function parseUrl(text: string): Url | undefined {
  const match =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?([/?][^\s#]*)?(?:#.*)?$/i.exec(
      text.trim(),
    )
  if (!match) return undefined
  const [, scheme = 'http', host, port, target = '/'] = match
  if (Number(port) > 65_535) return undefined
  return {
    scheme: scheme.toLowerCase(),
    host: host!.replace(/^\[|\]$/g, ''),
    port: port === undefined ? 80 : Number(port),
    authority: port === undefined || port === '80' ? host! : `${host}:${port}`,
    target: target.startsWith('?') ? `/${target}` : target,
  }
}

const failure = (code: BrowseErrorCode, message: string, tookMs = 0): BrowseResult => ({
  kind: 'error',
  code,
  message,
  tookMs,
})
