import { NginxConfigError, type NginxDirective } from './configuration.ts'

/** Where a location passes requests on to, and where that was said (for `host not found in upstream`). */
export interface ProxyPass {
  readonly url: string
  readonly file: string
  readonly line: number
}

export interface Location {
  readonly modifier: '' | '=' | '^~' | '~' | '~*'
  readonly pattern: string
  readonly expression?: RegExp
  readonly settings: Settings
}

/** What a `server` or a `location` decides about a request; a location has what it sets itself, else its server's. */
export interface Settings {
  readonly root: string
  readonly alias?: string
  readonly index: readonly string[]
  readonly return?: { readonly status: number; readonly text: string }
  readonly proxyPass?: ProxyPass
  readonly headers: readonly { readonly name: string; readonly value: string; readonly always: boolean }[]
  readonly proxyHeaders: readonly { readonly name: string; readonly value: string }[]
  readonly tryFiles?: readonly string[]
  readonly defaultType?: string
  readonly accessLog: boolean
  readonly autoindex: boolean
  readonly errorPages: ReadonlyMap<number, string>
  readonly proxyConnectTimeoutMs: number
  readonly proxyReadTimeoutMs: number
}

export interface Listen {
  readonly address: string
  readonly port: number
  readonly isDefault: boolean
}

export interface Server {
  readonly listens: readonly Listen[]
  readonly names: readonly string[]
  readonly settings: Settings
  readonly locations: readonly Location[]
}

export interface NginxConfiguration {
  readonly servers: readonly Server[]
  /** `upstream` blocks by name: `host:port` of each server. */
  readonly upstreams: ReadonlyMap<string, readonly string[]>
  /** Whether a `resolver` was named: what proxies to names made of variables need. */
  readonly hasResolver: boolean
  readonly keepAliveTimeoutMs: number
}

const DEFAULTS: Settings = {
  root: '/etc/nginx/html',
  index: ['index.html'],
  headers: [],
  proxyHeaders: [],
  accessLog: true,
  autoindex: false,
  errorPages: new Map(),
  proxyConnectTimeoutMs: 60_000,
  proxyReadTimeoutMs: 60_000,
}

/** Directives that are read and change nothing that can be seen here. */
const WITHOUT_EFFECT = new Set([
  'charset',
  'client_body_timeout',
  'client_header_timeout',
  'client_max_body_size',
  'gzip',
  'gzip_types',
  'log_format',
  'lingering_close',
  'proxy_buffering',
  'proxy_http_version',
  'resolver',
  'resolver_timeout',
  'send_timeout',
  'sendfile',
  'server_tokens',
  'tcp_nodelay',
  'tcp_nopush',
  'types',
  'types_hash_max_size',
  'error_log',
  'proxy_redirect',
  'reset_timedout_connection',
  'keepalive_requests',
  'access_log',
  'absolute_redirect',
  'port_in_redirect',
  'expires',
])

/** Reads the tree below the main context. @throws NginxConfigError */
export function readConfiguration(directives: readonly NginxDirective[]): NginxConfiguration {
  for (const directive of directives) {
    if (!MAIN_DIRECTIVES.has(directive.name)) throw misplaced(directive, HTTP_DIRECTIVES.has(directive.name))
  }
  const http = directives.filter(({ name }) => name === 'http').flatMap(({ block }) => block ?? [])
  const inherited = readSettings(http, DEFAULTS, HTTP_DIRECTIVES)
  const keepAlive = http.find(({ name }) => name === 'keepalive_timeout')
  const upstreams = http.filter(({ name }) => name === 'upstream')
  return {
    upstreams: new Map(upstreams.map(({ args, block = [] }) => [args[0] ?? '', serversOf(block)])),
    hasResolver: http.some(
      ({ name, block = [] }) => name === 'resolver' || block.some((inner) => inner.name === 'resolver'),
    ),
    servers: http.filter(({ name }) => name === 'server').map((server) => readServer(server, inherited)),
    keepAliveTimeoutMs: keepAlive ? duration(keepAlive.args[0] ?? '75s') : 75_000,
  }
}

const MAIN_DIRECTIVES = new Set([
  'user',
  'worker_processes',
  'error_log',
  'pid',
  'events',
  'http',
  'daemon',
  'worker_rlimit_nofile',
  'load_module',
])
const HTTP_DIRECTIVES = new Set(['server', 'upstream', 'map'])

const serversOf = (block: readonly NginxDirective[]) =>
  block.filter(({ name }) => name === 'server').map(({ args }) => args[0] ?? '')

const misplaced = (directive: NginxDirective, known = false) =>
  new NginxConfigError(
    known
      ? `"${directive.name}" directive is not allowed here in ${directive.file}:${directive.line}`
      : `unknown directive "${directive.name}" in ${directive.file}:${directive.line}`,
  )

function readServer(server: NginxDirective, inherited: Settings): Server {
  const block = server.block ?? []
  const settings = readSettings(block, inherited, new Set(['listen', 'server_name', 'location']))
  const listens = block.filter(({ name }) => name === 'listen').map(readListen)
  return {
    listens: listens.length > 0 ? listens : [{ address: '0.0.0.0', port: 80, isDefault: false }],
    names: block.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
    settings,
    locations: block
      .filter(({ name }) => name === 'location')
      .map((location) => readLocation(location, settings)),
  }
}

function readListen(directive: NginxDirective): Listen {
  const [where = '', ...flags] = directive.args
  const match = /^(?:(\[.*\]|[^:]+):)?(\d+)$/.exec(where)
  const port = Number(match?.[2] ?? (where.includes(':') ? NaN : 80))
  if (!(port > 0 && port < 65_536)) {
    throw new NginxConfigError(
      `invalid port in "${where}" of the "listen" directive in ${directive.file}:${directive.line}`,
    )
  }
  const host = match ? match[1] : where
  const address = host === undefined || host === '*' ? '0.0.0.0' : host.replace(/^\[(.*)\]$/, '$1')
  return { address, port, isDefault: flags.includes('default_server') || flags.includes('default') }
}

function readLocation(directive: NginxDirective, server: Settings): Location {
  const [first = '', second] = directive.args
  const modifier = second === undefined ? '' : (first as Location['modifier'])
  const pattern = second ?? first
  if (!['', '=', '^~', '~', '~*'].includes(modifier)) {
    throw new NginxConfigError(
      `invalid location modifier "${modifier}" in ${directive.file}:${directive.line}`,
    )
  }
  const settings = readSettings(directive.block ?? [], withoutHandlers(server), new Set())
  const expression =
    modifier === '~' || modifier === '~*' ? regularExpression(pattern, modifier, directive) : undefined
  return { modifier, pattern, settings, ...(expression && { expression }) }
}

/** A location does not inherit what its server does with a request, only how. */
function withoutHandlers({
  return: _return,
  proxyPass: _proxyPass,
  tryFiles: _tryFiles,
  ...settings
}: Settings): Settings {
  return settings
}

function regularExpression(pattern: string, modifier: string, directive: NginxDirective): RegExp {
  try {
    return new RegExp(pattern, modifier === '~*' ? 'i' : '')
  } catch {
    throw new NginxConfigError(
      `pcre2_compile() failed in "${pattern}" in ${directive.file}:${directive.line}`,
    )
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Reader = (settings: Mutable<Settings>, args: readonly string[], directive: NginxDirective) => void

const READERS: Readonly<Record<string, Reader>> = {
  root: (settings, [path = '']) => {
    settings.root = path.startsWith('/') ? path : `/etc/nginx/${path}`
    delete settings.alias
  },
  alias: (settings, [path = '']) => (settings.alias = path),
  index: (settings, args) => (settings.index = args),
  return: (settings, args, directive) => (settings.return = readReturn(args, directive)),
  proxy_pass: (settings, [url = ''], directive) => {
    if (!url.startsWith('http://') && !url.startsWith('https://')) {
      throw new NginxConfigError(`invalid URL prefix in ${directive.file}:${directive.line}`)
    }
    settings.proxyPass = { url, file: directive.file, line: directive.line }
  },
  proxy_set_header: (settings, [name = '', value = '']) =>
    (settings.proxyHeaders = [...settings.proxyHeaders, { name, value }]),
  proxy_connect_timeout: (settings, [time = '60s']) => (settings.proxyConnectTimeoutMs = duration(time)),
  proxy_read_timeout: (settings, [time = '60s']) => (settings.proxyReadTimeoutMs = duration(time)),
  try_files: (settings, args) => (settings.tryFiles = args),
  default_type: (settings, [type = '']) => (settings.defaultType = type),
  access_log: (settings, [target]) => (settings.accessLog = target !== 'off'),
  autoindex: (settings, [state]) => (settings.autoindex = state === 'on'),
  error_page: (settings, args) => {
    const uri = args.at(-1) ?? ''
    const codes = args.slice(0, -1).filter((code) => /^\d+$/.test(code))
    settings.errorPages = new Map([
      ...settings.errorPages,
      ...codes.map((code) => [Number(code), uri] as const),
    ])
  },
}

/** `add_header` of a level replaces those above it altogether, as do all directives of nginx that make lists. */
function readSettings(
  block: readonly NginxDirective[],
  inherited: Settings,
  others: ReadonlySet<string>,
): Settings {
  const settings: Mutable<Settings> = { ...inherited }
  const headers: Settings['headers'][number][] = []
  let ownProxyHeaders = false
  for (const directive of block) {
    const { name, args } = directive
    const reader = READERS[name]
    if (name === 'add_header')
      headers.push({ name: args[0] ?? '', value: args[1] ?? '', always: args[2] === 'always' })
    else if (reader) {
      if (name === 'proxy_set_header' && !ownProxyHeaders) {
        settings.proxyHeaders = []
        ownProxyHeaders = true
      }
      reader(settings, args, directive)
    } else if (!others.has(name) && !WITHOUT_EFFECT.has(name) && name !== 'keepalive_timeout')
      throw misplaced(directive)
  }
  if (headers.length > 0) settings.headers = headers
  return settings
}

function readReturn(args: readonly string[], directive: NginxDirective): { status: number; text: string } {
  const [first = '', text] = args
  if (/^https?:\/\//.test(first)) return { status: 302, text: first }
  if (!/^\d{1,3}$/.test(first)) {
    throw new NginxConfigError(`invalid return code "${first}" in ${directive.file}:${directive.line}`)
  }
  return { status: Number(first), text: text ?? '' }
}

/** `75s`, `1m`, `500ms`, `60` (seconds), in ms. */
function duration(text: string): number {
  const match = /^(\d+)(ms|s|m|h)?$/.exec(text)
  return Number(match?.[1] ?? 75) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match?.[2] ?? 's') as 's']
}
