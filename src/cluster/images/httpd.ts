import { utf8Length } from '../../encoding/utf8.ts'
import { SystemError, type Blocking, type Process, type Program } from '../../os/index.ts'
import { Headers, type HttpRequest, type HttpResponse } from '../../os/net/http.ts'
import { apacheDate, commonLogDate, httpDate } from '../../encoding/dates.ts'
import { image } from './image.ts'
import { serveUntilSignal } from './servers.ts'
import { debianUserland } from './userland.ts'

const VERSION = 'Apache/2.4.66 (Unix)'
const ROOT = '/usr/local/apache2/htdocs'

/** Apache's httpd with the configuration of its image: files below htdocs, on port 80. */
const httpd: Program = function* (process) {
  const log = (line: string) => process.printError(`[${apacheDate(process.now())}] ${line}\n`)
  const ended = yield* serveUntilSignal(
    process,
    [
      {
        port: 80,
        keepAliveMs: 5000,
        handler: (request) => answer(process, request),
        *served(request, response, { socket }) {
          yield* process.print(
            `${socket.remote.address} - - [${commonLogDate(process.now())}] "${request.method} ${request.target} HTTP/${request.version}" ${response.status} ${utf8Length(response.body)}\n`,
          )
        },
      },
    ],
    ['SIGTERM', 'SIGWINCH', 'SIGINT'],
    function* () {
      yield* log(
        `[mpm_event:notice] [pid 1:tid 1] AH00489: ${VERSION} configured -- resuming normal operations`,
      )
      yield* log(`[core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'`)
    },
  )
  if ('taken' in ended) {
    yield* process.printError(
      '(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n',
    )
    return 1
  }
  const graceful = ended.signal === 'SIGWINCH'
  yield* log(
    graceful
      ? '[mpm_event:notice] [pid 1:tid 1] AH00492: caught SIGWINCH, shutting down gracefully'
      : '[mpm_event:notice] [pid 1:tid 1] AH00491: caught SIGTERM, shutting down',
  )
  return 0
}

function* answer(process: Process, request: HttpRequest): Blocking<HttpResponse> {
  const common: [string, string][] = [
    ['Date', httpDate(process.now())],
    ['Server', VERSION],
  ]
  const path = decodePath(request.target)
  const page = (status: number, body: string, type = 'text/html; charset=iso-8859-1') => ({
    status,
    headers: new Headers([...common, ['Content-Length', String(utf8Length(body))], ['Content-Type', type]]),
    body,
  })
  if (!['GET', 'HEAD', 'POST', 'OPTIONS'].includes(request.method))
    return page(405, errorPage('405 Method Not Allowed'))
  try {
    const { files } = process.machine
    const isDirectory = files.stat(ROOT + path)?.type === 'directory'
    const file = ROOT + path + (isDirectory ? '/index.html' : '')
    const text = files.read(file)
    const status = files.stat(file)!
    return {
      status: 200,
      headers: new Headers([
        ...common,
        ['Last-Modified', httpDate(status.modifiedMs)],
        ['ETag', `"${status.size.toString(16)}-${Math.floor(status.modifiedMs * 1000).toString(16)}"`],
        ['Accept-Ranges', 'bytes'],
        ['Content-Length', String(status.size)],
        ['Content-Type', file.endsWith('.html') ? 'text/html' : 'text/plain'],
      ]),
      body: text,
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return page(404, errorPage('404 Not Found'))
  }
}

const decodePath = (target: string) => {
  const path = target.replace(/[?#].*/, '')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.length > 0 ? `/${parts.join('/')}` : ''
}

const errorPage = (title: string) =>
  `<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n</body></html>\n`

export const httpdImages = [
  image({
    name: 'docker.io/library/httpd',
    tags: ['2.4', '2.4.66', '2', 'latest'],
    sizeBytes: 45_185_024,
    cmd: ['httpd-foreground'],
    workingDir: '/usr/local/apache2',
    stopSignal: 'SIGWINCH',
    exposedPorts: ['80/tcp'],
    env: {
      PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HTTPD_PREFIX: '/usr/local/apache2',
      HTTPD_VERSION: '2.4.66',
    },
    userland: debianUserland,
    files: { [`${ROOT}/index.html`]: '<html><body><h1>It works!</h1></body></html>\n' },
    programs: { '/usr/local/bin/httpd-foreground': httpd, '/usr/local/apache2/bin/httpd': httpd },
  }),
]
