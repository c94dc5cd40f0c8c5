import { HttpError, HttpReader, Headers, formatRequest, type ResponseHead } from '../../net/http.ts'
import { getaddrinfo, resolveErrorText } from '../../net/resolver.ts'
import { connect, type Socket } from '../../net/sockets.ts'
import { SystemError, type Blocking } from '../../process.ts'
import { utf8Length } from '../../../encoding/utf8.ts'
import { formatDate } from '../date-format.ts'
import { absolute } from '../paths.ts'
import { tool, ToolExit, type Tool } from '../tool.ts'
import { fileNameOf, hostHeader, parseUrl, resolveLocation, type Url } from './url.ts'

/** GNU wget 1.21, as Debian 12 has it. */
export const gnuWget = tool({
  name: 'wget',
  usage: '[OPTION]... [URL]...',
  usageCode: 2,
  short: 'qvO:o:P:U:T:t:ScNn:kpr',
  long: {
    quiet: 'q', 'output-document': 'O', 'output-file': 'o', 'directory-prefix': 'P', 'user-agent': 'U', timeout: 'T', tries: 't', 'server-response': 'S',
    spider: 'spider', header: 'header:', 'post-data': 'post-data:', 'no-check-certificate': 'insecure', 'max-redirect': 'max-redirect:', 'no-verbose': 'nv',
    method: 'method:', 'body-data': 'post-data:',
  }, // prettier-ignore
  *run(tool: Tool) {
    if (tool.operands.length === 0) {
      throw new ToolExit(
        1,
        "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n",
      )
    }
    for (const text of tool.operands) {
      const code = yield* download(tool, text)
      if (code !== 0) tool.status = code
    }
    return tool.status
  },
})

function* download(tool: Tool, text: string): Blocking<number> {
  const { options } = tool
  let url = parseUrl(text)
  if (options.has('spider')) yield* note(tool, 'Spider mode enabled. Check if remote file exists.\n')
  const tries = Number(options.get('t') ?? 20)
  let redirects = 0
  for (let attempt = 1; ; attempt++) {
    if (!url) {
      yield* tool.process.printError(`${text}: Invalid host name.\n`)
      return 1
    }
    const shown = `${url.scheme}://${hostHeader(url)}${url.target}`
    yield* note(
      tool,
      `--${stamp(tool)}--  ${attempt > 1 && redirects === 0 ? `(try:${String(attempt).padStart(2)})  ` : ''}${shown}\n`,
    )
    const outcome = yield* attemptOnce(tool, url)
    if (outcome.kind === 'done') return outcome.code
    if (outcome.kind === 'redirect') {
      if (++redirects > Number(options.get('max-redirect') ?? 20)) {
        yield* note(tool, `${redirects - 1} redirections exceeded.\n`)
        return 8
      }
      url = parseUrl(resolveLocation(url, outcome.location))
      attempt = 0
      continue
    }
    if (tries > 0 && attempt >= tries) {
      yield* note(tool, 'Giving up.\n\n')
      return 4
    }
    yield* note(tool, 'Retrying.\n\n')
    // Linear back-off, as wget waits: 1 s more each time, at most 10.
    yield* tool.process.sleep(Math.min(attempt, 10) * 1000)
  }
}

type Outcome = { kind: 'done'; code: number } | { kind: 'redirect'; location: string } | { kind: 'retry' }

const done = (code: number): Outcome => ({ kind: 'done', code })

function* attemptOnce(tool: Tool, url: Url): Blocking<Outcome> {
  const timeoutMs = Number(tool.options.get('T') ?? 900) * 1000
  const dialled = yield* dial(tool, url, timeoutMs)
  if ('kind' in dialled) return dialled
  const { socket } = dialled
  const reader = new HttpReader(socket, timeoutMs)
  try {
    yield* socket.write(formatRequest(message(tool, url)))
    yield* note(tool, 'HTTP request sent, awaiting response... ')
    const head = yield* reader.responseHead()
    return yield* handle(tool, url, head, reader)
  } catch (error) {
    if (error instanceof HttpError) {
      yield* note(
        tool,
        error.kind === 'empty'
          ? 'No data received.\n'
          : error.kind === 'malformed'
            ? '200 No headers, assuming HTTP/0.9\n'
            : 'Read error.\n',
      )
      return { kind: 'retry' }
    }
    if (!(error instanceof SystemError)) throw error
    yield* note(tool, `Read error (${error.message}) in headers.\n`)
    return { kind: 'retry' }
  } finally {
    socket.close()
  }
}

function* dial(tool: Tool, url: Url, timeoutMs: number): Blocking<{ socket: Socket } | Outcome> {
  const { process } = tool
  const isName = !/^[\d.]+$|:/.test(url.host)
  if (isName) yield* note(tool, `Resolving ${url.host} (${url.host})... `)
  const found = yield* getaddrinfo(process, url.host)
  if (!found.ok) {
    yield* note(tool, `failed: ${resolveErrorText(process, found.error)}.\n`)
    yield* process.printError(`wget: unable to resolve host address '${url.host}'\n`)
    return done(4)
  }
  if (isName) yield* note(tool, `${found.addresses.join(', ')}\n`)
  for (const address of found.addresses) {
    yield* note(
      tool,
      `Connecting to ${isName ? `${url.host} (${url.host})|${address}|` : address}:${url.port}... `,
    )
    try {
      const socket = yield* connect(process, address, url.port, { timeoutMs })
      yield* note(tool, 'connected.\n')
      if (url.scheme !== 'https') return { socket }
      socket.close()
      yield* note(tool, 'Unable to establish SSL connection.\n')
      return done(4)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* note(tool, `failed: ${error.message}.\n`)
      if (error.code === 'ETIMEDOUT') return { kind: 'retry' }
    }
  }
  return done(4)
}

function message(tool: Tool, url: Url) {
  const { options } = tool
  const body = options.get('post-data')
  const headers = new Headers([
    ['Host', hostHeader(url)],
    ['User-Agent', options.get('U') ?? 'Wget/1.21.3'],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'identity'],
    ['Connection', 'Keep-Alive'],
  ])
  for (const line of options.all('header')) {
    const match = /^([^:]+):\s*(.*)$/s.exec(line)
    if (match) headers.set(match[1]!, match[2]!)
  }
  if (body !== undefined)
    headers
      .set('Content-Type', 'application/x-www-form-urlencoded')
      .set('Content-Length', String(utf8Length(body)))
  const method =
    options.get('method') ?? (body !== undefined ? 'POST' : options.has('spider') ? 'HEAD' : 'GET')
  return { method, target: url.target, version: '1.1' as const, headers, body: body ?? '' }
}

function* handle(tool: Tool, url: Url, head: ResponseHead, reader: HttpReader): Blocking<Outcome> {
  const { options } = tool
  const answer = `${head.status} ${head.reason}`
  yield* note(
    tool,
    options.has('S') ? `\n  ${head.raw.trimEnd().replaceAll('\r\n', '\n  ')}\n` : `${answer}\n`,
  )
  const location = head.headers.get('location')
  if ([301, 302, 303, 307, 308].includes(head.status) && location !== undefined) {
    yield* note(tool, `Location: ${location} [following]\n`)
    return { kind: 'redirect', location }
  }
  if (head.status >= 400) {
    if (options.has('spider')) yield* note(tool, 'Remote file does not exist -- broken link!!!\n\n')
    else yield* note(tool, `${stamp(tool)} ERROR ${head.status}: ${head.reason}.\n\n`)
    return done(8)
  }
  const length = head.headers.get('content-length')
  const type = head.headers.get('content-type')?.replace(/;.*/, '')
  const known =
    length === undefined
      ? 'unspecified'
      : `${length}${Number(length) >= 1024 ? ` (${size(Number(length))})` : ''}`
  yield* note(tool, `Length: ${known}${type === undefined ? '' : ` [${type}]`}\n`)
  if (options.has('spider')) {
    yield* note(tool, 'Remote file exists.\n\n')
    return done(0)
  }
  return yield* save(tool, url, head, reader)
}

function* save(tool: Tool, url: Url, head: ResponseHead, reader: HttpReader): Blocking<Outcome> {
  const { options, process } = tool
  const output = options.get('O')
  const name =
    output ??
    freeName(
      tool,
      `${options.has('P') ? `${options.get('P')!.replace(/\/$/, '')}/` : ''}${fileNameOf(url) || 'index.html'}`,
    )
  yield* note(tool, `Saving to: '${output === '-' ? 'STDOUT' : name}'\n\n`)
  const file = output === '-' ? undefined : process.open(name, 'write')
  const startedMs = process.now()
  let bytes = 0
  yield* reader.body(head.headers, function* (piece) {
    bytes += utf8Length(piece)
    if (file) yield* file.write(piece)
    else yield* process.print(piece)
  })
  const seconds = Math.max(0.0001, (process.now() - startedMs) / 1000)
  const speed = rate(bytes / seconds)
  const blocks = '.'.repeat(Math.min(50, Math.floor(bytes / 1024)))
  yield* note(
    tool,
    `     0K ${blocks.replace(/.{10}(?=.)/g, '$& ').padEnd(54)} 100% ${speed.replace(/ (.)?B\/s/, '$1')}=${seconds < 0.05 ? '0' : seconds.toFixed(1)}s\n\n`,
  )
  const total = head.headers.get('content-length') === undefined ? `${bytes}` : `${bytes}/${bytes}`
  yield* note(
    tool,
    `${stamp(tool)} (${speed}) - ${output === '-' ? 'written to stdout' : `'${name}' saved`} [${total}]\n\n`,
  )
  return done(0)
}

/** `index.html`, then `index.html.1`, `index.html.2` ... */
function freeName(tool: Tool, name: string): string {
  const taken = (candidate: string) =>
    tool.process.machine.files.stat(absolute(tool.process, candidate)) !== undefined
  if (!taken(name)) return name
  let number = 1
  while (taken(`${name}.${number}`)) number++
  return `${name}.${number}`
}

const stamp = (tool: Tool): string => formatDate(tool.process.now(), '%Y-%m-%d %H:%M:%S')

const size = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)}K` : `${(bytes / 1024 ** 2).toFixed(1)}M`

const rate = (perSecond: number): string =>
  perSecond < 1e6
    ? `${(perSecond / 1024).toFixed(1)} KB/s`
    : perSecond < 1e9
      ? `${(perSecond / 1024 ** 2).toFixed(2)} MB/s`
      : `${(perSecond / 1024 ** 3).toFixed(2)} GB/s`

function* note(tool: Tool, text: string): Blocking<void> {
  if (!tool.options.has('q')) yield* tool.process.printError(text)
}
