import { httpDate } from '../../../encoding/dates.ts'
import { Headers, serveHttp, type HttpRequest, type HttpResponse } from '../../net/http.ts'
import { SystemError, type Blocking, type Process } from '../../process.ts'
import { filesWith } from '../run.ts'
import { tool, type Tool } from '../tool.ts'

const TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain', h: 'text/plain', c: 'text/plain', cc: 'text/plain', cpp: 'text/plain',
  htm: 'text/html', html: 'text/html', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', png: 'image/png',
  svg: 'image/svg+xml', css: 'text/css', js: 'application/javascript', wav: 'audio/wav', avi: 'video/x-msvideo', qt: 'video/quicktime', mov: 'video/quicktime',
  mpe: 'video/mpeg', mpeg: 'video/mpeg', mid: 'audio/midi', midi: 'audio/midi', mp3: 'audio/mpeg',
} // prettier-ignore

const ERRORS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ['400 Bad Request', 'Unsupported method'],
  404: ['404 Not Found', 'The requested URL was not found'],
  501: ['501 Not Implemented', 'The requested method is not recognized'],
}

/** busybox's web server: files below a directory; every answer closes its connection. */
export const busyboxHttpd = tool({
  name: 'httpd',
  usage:
    '[-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER[:GRP]] [-r REALM] [-h HOME]\nor httpd -d/-e/-m STRING',
  about: 'Listen for incoming HTTP requests',
  short: 'ifvc:p:u:r:h:',
  *run(tool: Tool) {
    const { options, process } = tool
    const home = options.get('h') ?? '.'
    const root = home.startsWith('/') ? home : `${process.cwd}/${home}`
    if (process.machine.files.stat(root)?.type !== 'directory')
      tool.fail(`can't change directory to '${home}': No such file or directory`)
    const [, address, port] = /^(?:(.*):)?(\d+)$/.exec(options.get('p') ?? '80') ?? tool.usageError()
    const verbose = options.has('v')
    const serve = (server: Process) => serveFiles(server, { root, address, port: Number(port), verbose })
    if (options.has('f')) return yield* serve(process)
    // In the background it is nobody's child and says nothing more.
    const silent = process.open('/dev/null', 'write')
    process.spawn(serve, { argv: process.argv, files: filesWith(process, { 1: silent, 2: silent }) })
    return 0
  },
})

interface Site {
  readonly root: string
  readonly address: string | undefined
  readonly port: number
  readonly verbose: boolean
}

function* serveFiles(process: Process, { root, address, port, verbose }: Site): Blocking<number> {
  try {
    yield* serveHttp(process, {
      port,
      ...(address ? { address } : {}),
      keepAliveMs: 0,
      handler: (request) => answer(process, root, request),
      badRequest: () => page(process, 400),
      *served(_, response, { socket }) {
        const { address: client, port: clientPort } = socket.remote
        if (verbose)
          yield* process.printError(`[::ffff:${client}]:${clientPort}: response:${response.status}\n`)
      },
    })
    return 0
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.printError(`httpd: bind: ${error.message}\n`)
    return 1
  }
}

function* answer(process: Process, root: string, { method, target }: HttpRequest): Blocking<HttpResponse> {
  if (method !== 'GET' && method !== 'HEAD') return page(process, 501)
  const path = pathOf(target)
  if (path === undefined) return page(process, 404)
  const { files } = process.machine
  const isDirectory = files.stat(root + path)?.type === 'directory'
  if (isDirectory && !path.endsWith('/')) return redirect(process, `${path}/`)
  const file = root + path + (isDirectory ? 'index.html' : '')
  const status = files.stat(file)
  if (status?.type !== 'file') return page(process, 404)
  const type = TYPES[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream'
  const seconds = Math.floor(status.modifiedMs / 1000)
  return {
    status: 200,
    headers: new Headers([
      ...head(process, type),
      ['Accept-Ranges', 'bytes'],
      ['Last-Modified', httpDate(status.modifiedMs)],
      ['ETag', `"${seconds.toString(16)}-${status.size.toString(16)}"`],
      ['Content-Length', String(status.size)],
    ]),
    body: files.read(file),
  }
}

/** The path a request asks for, decoded; undefined for one that climbs above the root. */
function pathOf(target: string): string | undefined {
  const path = target.replace(/[?#].*/, '')
  try {
    const decoded = decodeURIComponent(path)
    return decoded.split('/').includes('..') ? undefined : decoded
  } catch {
    return undefined
  }
}

const head = (process: Process, type: string): [string, string][] => [
  ['Date', httpDate(process.now())],
  ['Connection', 'close'],
  ['Content-type', type],
]

function page(process: Process, status: number): HttpResponse {
  const [title, text] = ERRORS[status]!
  return {
    status,
    headers: new Headers(head(process, 'text/html')),
    body: `<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\n<BODY><H1>${title}</H1>\n${text}\n</BODY></HTML>\n`,
  }
}

const redirect = (process: Process, location: string): HttpResponse => ({
  status: 302,
  headers: new Headers([...head(process, 'text/html'), ['Location', location]]),
  body: '',
})
