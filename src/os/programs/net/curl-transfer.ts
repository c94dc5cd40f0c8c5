import { HttpError, formatRequest, type HttpReader, type ResponseHead } from '../../net/http.ts'
import { withDeadline } from '../../net/threads.ts'
import { SystemError, type Blocking } from '../../process.ts'
import { utf8Length } from '../../../encoding/utf8.ts'
import { connection, type CurlSession, type Phase } from './curl-connection.ts'
import { CurlError } from './curl-error.ts'
import type { CurlOutput } from './curl-output.ts'
import { requestFor } from './curl-request.ts'
import { fileNameOf, hostHeader, parseUrl, resolveLocation, type Url } from './url.ts'

/** Does one URL, redirects included. @throws CurlError */
export function* transfer(session: CurlSession, text: string, output: CurlOutput): Blocking<void> {
  const { options } = session
  let url = parse(text)
  let method = methodOf(session)
  let data = options.has('G') ? undefined : session.data
  if (options.has('G') && session.data !== undefined) {
    url = { ...url, target: `${url.target}${url.target.includes('?') ? '&' : '?'}${session.data}` }
  }
  output.report['url'] = text
  yield* output.begin(fileNameOf(url))
  const most = Number(options.get('max-redirs') ?? 50)
  for (let redirects = 0; ; redirects++) {
    output.report['url_effective'] = `${url.scheme}://${hostHeader(url)}${url.target}`
    output.report['scheme'] = url.scheme.toUpperCase()
    output.report['method'] = method
    const { head, location } = yield* exchange(session, url, { method, data }, output)
    if (location === undefined) return
    const target = resolveLocation(url, location)
    if (!options.has('L')) {
      output.report['redirect_url'] = target
      return
    }
    if (most >= 0 && redirects >= most) throw new CurlError(47, `Maximum (${most}) redirects followed`)
    const next = parse(target)
    if (next.port !== url.port)
      yield* output.verbose(`* Clear auth, redirects to port from ${url.port} to ${next.port}\n`)
    yield* output.verbose(`* Issue another request to this URL: '${target}'\n`)
    // As browsers do: POST becomes GET at 301, 302 and 303, unless -X insists.
    if ((head.status === 303 || (head.status <= 302 && method === 'POST')) && !options.has('X')) {
      method = options.has('I') ? 'HEAD' : 'GET'
      data = undefined
    }
    output.report['num_redirects'] = String(redirects + 1)
    url = next
  }
}

function parse(text: string): Url {
  const url = parseUrl(text)
  if (!url) throw new CurlError(3, 'URL using bad/illegal format or missing URL')
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    throw new CurlError(1, `Protocol "${url.scheme}" not supported or disabled in libcurl`)
  }
  return url
}

function methodOf({ options, data }: CurlSession): string {
  return (
    options.get('X') ?? (options.has('I') ? 'HEAD' : data !== undefined && !options.has('G') ? 'POST' : 'GET')
  )
}

function* exchange(
  session: CurlSession,
  url: Url,
  how: { readonly method: string; readonly data: string | undefined },
  output: CurlOutput,
): Blocking<{ head: ResponseHead; location: string | undefined }> {
  const { options } = session
  const limit = options.get('m')
  const leftMs =
    limit === undefined
      ? undefined
      : Math.max(1, output.startedMs + Number(limit) * 1000 - session.process.now())
  const phase: Phase = { name: 'resolving' }
  const outcome = yield* withDeadline(session.process, leftMs, perform(session, url, how, output, phase))
  if (outcome) return outcome.value
  session.open?.socket.close()
  session.open = undefined
  const ms = Math.round(session.process.now() - output.startedMs)
  const message = {
    resolving: `Resolving timed out after ${ms} milliseconds`,
    connecting: `Connection timed out after ${ms} milliseconds`,
    transferring: `Operation timed out after ${ms} milliseconds with ${output.downloaded}${phase.expected === undefined ? '' : ` out of ${phase.expected}`} bytes received`,
  }[phase.name]
  yield* output.verbose(`* ${message}\n* Closing connection ${session.connections - 1}\n`)
  throw new CurlError(28, message)
}

function* perform(
  session: CurlSession,
  url: Url,
  how: { readonly method: string; readonly data: string | undefined },
  output: CurlOutput,
  phase: Phase,
): Blocking<{ head: ResponseHead; location: string | undefined }> {
  const { socket, reader, number } = yield* connection(session, url, output, phase)
  phase.name = 'transferring'
  const request = requestFor(session, url, how)
  const text = formatRequest({ ...request, body: '' })
  output.report['time_pretransfer'] = output.since()
  output.report['size_request'] = String(utf8Length(text))
  yield* output.verbose(prefixed('> ', text))
  let closing = true
  try {
    yield* socket.write(text + request.body)
    output.uploaded += utf8Length(request.body)
    if (request.body !== '' && !output.toTerminal)
      yield* output.verbose(`} [${utf8Length(request.body)} bytes data]\n`)
    const head = yield* reader.responseHead()
    closing = closesAfter(head)
    if (head.version === '1.0' && closing) yield* output.verbose('* HTTP 1.0, assume close after body\n')
    const location = yield* receive(session, request.method, head, reader, output, phase)
    return { head, location }
  } catch (error) {
    closing = true
    const failure = failureOf(error)
    if (failure.message.startsWith('Empty')) yield* output.verbose('* Empty reply from server\n')
    throw failure
  } finally {
    if (closing) {
      session.open = undefined
      socket.close()
    } else session.open = { socket, reader, key: `${url.host}:${url.port}`, number }
    if (phase.name === 'transferring') {
      yield* output.verbose(
        closing
          ? `* Closing connection ${number}\n`
          : `* Connection #${number} to host ${url.host} left intact\n`,
      )
    }
  }
}

function failureOf(error: unknown): Error {
  if (error instanceof HttpError) {
    if (error.kind === 'empty') return new CurlError(52, 'Empty reply from server')
    if (error.kind !== 'truncated') return new CurlError(1, 'Received HTTP/0.9 when not allowed')
    const left = /with (\d+) bytes/.exec(error.message)?.[1]
    return left === undefined
      ? new CurlError(56, 'Recv failure: Connection reset by peer')
      : new CurlError(18, `transfer closed with ${left} bytes remaining to read`)
  }
  if (error instanceof SystemError) return new CurlError(56, `Recv failure: ${error.message}`)
  return error as Error
}

/** Takes in head and body. @returns where a redirect leads */
function* receive(
  session: CurlSession,
  method: string,
  head: ResponseHead,
  reader: HttpReader,
  output: CurlOutput,
  phase: Phase,
): Blocking<string | undefined> {
  const { options } = session
  const status = String(head.status)
  Object.assign(output.report, {
    http_code: status, response_code: status, http_version: head.version, content_type: head.headers.get('content-type') ?? '',
    size_header: String(utf8Length(head.raw)), time_starttransfer: output.since(),
  }) // prettier-ignore
  yield* output.verbose(prefixed('< ', head.raw))
  const location = head.status >= 300 && head.status < 400 ? head.headers.get('location') : undefined
  const failing = head.status >= 400 && options.has('f')
  if (failing) {
    yield* output.verbose(`* The requested URL returned error: ${status}\n`)
    throw new CurlError(22, `The requested URL returned error: ${status}`)
  }
  if (options.has('i') || options.has('I')) yield* output.write(head.raw)
  if (options.has('D')) yield* session.process.open(options.get('D')!, 'append').write(head.raw)
  const length = head.headers.get('content-length')
  if (length !== undefined) {
    phase.expected = Number(length)
    output.expect(phase.expected)
  }
  if (method !== 'HEAD' && head.status !== 204 && head.status !== 304) {
    let first = true
    const skipping = location !== undefined && options.has('L')
    yield* reader.body(head.headers, function* (piece) {
      if (first && !output.toTerminal) yield* output.verbose(`{ [${utf8Length(piece)} bytes data]\n`)
      first = false
      if (skipping) return
      output.downloaded += utf8Length(piece)
      yield* output.write(piece)
    })
  }
  if (head.status >= 400 && options.has('fail-with-body'))
    throw new CurlError(22, `The requested URL returned error: ${status}`)
  return location
}

function closesAfter(head: ResponseHead): boolean {
  const connection = head.headers.get('connection')?.toLowerCase()
  return head.version === '1.1' ? connection === 'close' : connection !== 'keep-alive'
}

const prefixed = (prefix: string, text: string): string =>
  text
    .split('\r\n')
    .slice(0, -1)
    .map((line) => `${prefix}${line}\n`)
    .join('')
