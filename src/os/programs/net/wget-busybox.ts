import { HttpError, HttpReader, Headers, formatRequest, type ResponseHead } from '../../net/http.ts'
import { getaddrinfo } from '../../net/resolver.ts'
import { connect, type Socket } from '../../net/sockets.ts'
import { SystemError, type Blocking } from '../../process.ts'
import { utf8Length } from '../../../encoding/utf8.ts'
import { readInput } from '../input.ts'
import { absolute, isDirectory } from '../paths.ts'
import { tool, type Tool } from '../tool.ts'
import { fileNameOf, hostHeader, parseUrl, resolveLocation, type Url } from './url.ts'

const MAX_REDIRECTS = 5

/** busybox's wget, message for message. */
export const busyboxWget = tool({
  name: 'wget',
  usage:
    '[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...',
  about: 'Retrieve files via HTTP or FTP',
  short: 'cqSO:o:P:U:T:Y:t:n:',
  long: {
    spider: 'spider', header: 'header:', 'post-data': 'post-data:', 'post-file': 'post-file:', 'no-check-certificate': 'insecure', quiet: 'q',
    'server-response': 'S', 'output-document': 'O', 'output-file': 'o', 'directory-prefix': 'P', 'user-agent': 'U', timeout: 'T', tries: 't',
  }, // prettier-ignore
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError()
    for (const url of tool.operands) yield* retrieve(tool, url)
    return 0
  },
})

function* retrieve(tool: Tool, text: string): Blocking<void> {
  let url = parse(tool, text)
  for (let redirects = 0; ; redirects++) {
    const { socket, reader, head } = yield* request(tool, url)
    const location = head.headers.get('location')
    if ([301, 302, 303, 307, 308].includes(head.status) && location !== undefined) {
      socket.close()
      if (redirects >= MAX_REDIRECTS) tool.fail('too many redirections')
      url = parse(tool, resolveLocation(url, location))
      continue
    }
    if (head.status < 200 || head.status >= 300)
      tool.fail(`server returned error: HTTP/${head.version} ${head.status} ${head.reason}`)
    if (tool.options.has('spider')) {
      yield* note(tool, 'remote file exists\n')
      return socket.close()
    }
    yield* save(tool, url, head, reader)
    return socket.close()
  }
}

function parse(tool: Tool, text: string): Url {
  const url = parseUrl(text)
  if (!url) return tool.fail(`bad address '${text.replace(/^\w+:\/\//, '')}'`)
  if (!['http', 'https', 'ftp'].includes(url.scheme)) tool.fail(`not an http or ftp url: ${text}`)
  return url
}

function* request(
  tool: Tool,
  url: Url,
): Blocking<{ socket: Socket; reader: HttpReader; head: ResponseHead }> {
  const { options, process } = tool
  const timeoutMs = Number(options.get('T') ?? 900) * 1000
  const found = yield* getaddrinfo(process, url.host)
  if (!found.ok) tool.fail(`bad address '${url.host}'`)
  const address = found.addresses[0]!
  yield* note(tool, `Connecting to ${url.host} (${address}:${url.port})\n`)
  try {
    const socket = yield* dial(tool, address, url.port, timeoutMs)
    const reader = new HttpReader(socket, timeoutMs)
    if (url.scheme === 'https') {
      socket.close()
      tool.fail('error getting response: Connection reset by peer')
    }
    yield* socket.write(formatRequest(yield* message(tool, url)))
    const head = yield* reader.responseHead()
    if (options.has('S'))
      yield* process.printError(`  ${head.raw.replaceAll('\r\n', '\n  ').replace(/ {2}$/, '')}`)
    return { socket, reader, head }
  } catch (error) {
    if (error instanceof HttpError)
      tool.fail(error.kind === 'malformed' ? 'bad response from server' : 'error getting response')
    if (error instanceof SystemError)
      tool.fail(
        error.code === 'ETIMEDOUT' ? 'download timed out' : `error getting response: ${error.message}`,
      )
    throw error
  }
}

function* dial(tool: Tool, address: string, port: number, timeoutMs: number): Blocking<Socket> {
  try {
    return yield* connect(tool.process, address, port, { timeoutMs })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (error.code === 'ETIMEDOUT' && tool.options.has('T')) tool.fail('download timed out')
    return tool.fail(`can't connect to remote host (${address}): ${error.message}`)
  }
}

function* message(tool: Tool, url: Url) {
  const { options } = tool
  const postFile = options.get('post-file')
  const body =
    options.get('post-data') ??
    (postFile === undefined ? undefined : yield* readInput(tool.process, postFile))
  const own = options
    .all('header')
    .map((line) => /^([^:]+):\s*(.*)$/s.exec(line))
    .filter((match) => match !== null)
  const given = new Set(own.map((match) => match[1]!.toLowerCase()))
  const headers = new Headers()
  const add = (name: string, value: string) => given.has(name.toLowerCase()) || headers.add(name, value)
  add('Host', hostHeader(url))
  add('User-Agent', options.get('U') ?? 'Wget')
  headers.add('Connection', 'close')
  for (const [, name, value] of own) headers.add(name!, value!)
  if (body !== undefined) {
    add('Content-Type', 'application/x-www-form-urlencoded')
    headers.add('Content-Length', String(utf8Length(body)))
  }
  const method = body !== undefined ? 'POST' : options.has('spider') ? 'HEAD' : 'GET'
  return { method, target: url.target, version: '1.1' as const, headers, body: body ?? '' }
}

/** Writes the body where it belongs; the progress bar goes to standard error. */
function* save(tool: Tool, url: Url, head: ResponseHead, reader: HttpReader): Blocking<void> {
  const { options, process } = tool
  const output = options.get('O')
  const prefix = options.get('P')
  const toStdout = output === '-'
  const name =
    output ??
    `${prefix === undefined ? '' : `${prefix.replace(/\/$/, '')}/`}${fileNameOf(url) || 'index.html'}`
  if (output === undefined && process.machine.files.stat(absolute(process, name)) && !options.has('c')) {
    tool.fail(`can't open '${name}': File exists`)
  }
  const file = toStdout ? undefined : open(tool, name, output === undefined)
  yield* note(tool, toStdout ? 'writing to stdout\n' : `saving to '${name}'\n`)
  let size = 0
  try {
    yield* reader.body(head.headers, function* (piece) {
      size += utf8Length(piece)
      if (file) yield* file.write(piece)
      else yield* process.print(piece)
    })
  } catch (error) {
    if (error instanceof HttpError) tool.fail('connection closed prematurely')
    if (error instanceof SystemError && error.code === 'ETIMEDOUT') tool.fail('download timed out')
    throw error
  }
  const title = toStdout ? '-' : name.replace(/^.*\//, '')
  yield* note(
    tool,
    `${title.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${humanCount(size)}  0:00:00 ETA\n`,
  )
  yield* note(tool, toStdout ? 'written to stdout\n' : `'${name}' saved\n`)
}

function open(tool: Tool, name: string, fresh: boolean) {
  try {
    if (isDirectory(tool.process, name)) throw new SystemError('EISDIR')
    return tool.process.open(name, fresh ? 'write-new' : 'write')
  } catch (error) {
    if (error instanceof SystemError) tool.fail(`can't open '${name}': ${error.message}`)
    throw error
  }
}

/** Five columns: bytes as they are up to 99999, then k, M. */
function humanCount(bytes: number): string {
  if (bytes < 100_000) return String(bytes).padStart(5)
  return bytes < 100_000 * 1024
    ? `${Math.floor(bytes / 1024)}k`.padStart(5)
    : `${Math.floor(bytes / 1024 ** 2)}M`.padStart(5)
}

function* note(tool: Tool, text: string): Blocking<void> {
  if (!tool.options.has('q')) yield* tool.process.printError(text)
}
