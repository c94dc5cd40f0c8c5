import type { Blocking } from '../process.ts'
import { Headers, type HttpRequest, type HttpResponse } from './http-message.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { indexOfByte } from './bytes.ts'

/** What came is not HTTP, or ended in the middle: `message` says which in a few words. */
export class HttpError extends Error {
  readonly kind: 'empty' | 'malformed' | 'truncated' | 'too-large'
  constructor(kind: HttpError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

const HEADER_LIMIT = 65_536

/** A source of text: a socket, or anything else that reads. */
interface Source {
  read(timeoutMs?: number): Blocking<string | null>
}

/** The head of a message, given before its body has come. */
export interface ResponseHead {
  readonly version: '1.0' | '1.1'
  readonly status: number
  readonly reason: string
  readonly headers: Headers
  /** The head as it came, lines ended by CRLF, with the empty line. */
  readonly raw: string
}

/** Reads HTTP/1.1 messages off a connection, one after the other. */
export class HttpReader {
  readonly #source: Source
  /** How long a read may be silent; settable between reads, for keep-alive and client time-outs. */
  timeoutMs: number | undefined
  #buffer = ''
  #ended = false

  constructor(source: Source, timeoutMs?: number) {
    this.#source = source
    this.timeoutMs = timeoutMs
  }

  /**
   * The next request with its whole body; null when the peer closed between requests.
   * @throws HttpError malformed, truncated, too-large
   */
  *request(): Blocking<HttpRequest | null> {
    const head = yield* this.#head()
    if (head === null) return null
    const [startLine = '', ...lines] = head.split('\r\n')
    const match = /^([A-Z][A-Za-z-]*) (\S+) HTTP\/(1\.[01])$/.exec(startLine)
    if (!match)
      throw new HttpError('malformed', `invalid request line ${JSON.stringify(startLine.slice(0, 80))}`)
    const headers = parseHeaders(lines)
    const hasBody = headers.has('content-length') || headers.has('transfer-encoding')
    const body = hasBody ? yield* this.#wholeBody(headers) : ''
    return { method: match[1]!, target: match[2]!, version: match[3] as '1.0' | '1.1', headers, body }
  }

  /**
   * The head of the next response; 1xx responses are passed over.
   * @throws HttpError empty (closed before a byte came), malformed, truncated
   */
  *responseHead(): Blocking<ResponseHead> {
    for (;;) {
      const raw = yield* this.#head()
      if (raw === null) throw new HttpError('empty', 'closed before a response came')
      const [startLine = '', ...lines] = raw.split('\r\n')
      const match = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(startLine)
      if (!match)
        throw new HttpError('malformed', `invalid status line ${JSON.stringify(startLine.slice(0, 80))}`)
      const status = Number(match[2])
      if (status >= 100 && status < 200 && status !== 101) continue
      const headers = parseHeaders(lines)
      const version = match[1] as '1.0' | '1.1'
      return { version, status, reason: match[3] ?? '', headers, raw: `${raw}\r\n\r\n` }
    }
  }

  /**
   * The body of the response whose head came last, piece by piece to `visit`: by Content-Length, chunked, or up to
   * the end of the connection.
   * @throws HttpError truncated when the connection ends before the body does
   */
  *body(headers: Headers, visit: (piece: string) => Blocking<void>): Blocking<void> {
    if (/\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')) return yield* this.#chunks(visit)
    const length = headers.get('content-length')
    if (length !== undefined) return yield* this.#bytes(Number(length), visit)
    while (this.#buffer !== '' || (yield* this.#fill())) yield* visit(this.#takeAll())
  }

  /** Head and body of the next response to a request of that method. */
  *response(method = 'GET'): Blocking<HttpResponse & { readonly version: '1.0' | '1.1' }> {
    const head = yield* this.responseHead()
    const bodiless = method === 'HEAD' || head.status === 204 || head.status === 304
    const body = bodiless ? '' : yield* this.#wholeBody(head.headers)
    return { version: head.version, status: head.status, reason: head.reason, headers: head.headers, body }
  }

  *#wholeBody(headers: Headers): Blocking<string> {
    let body = ''

    yield* this.body(headers, function* (piece) {
      body += piece
    })
    return body
  }

  /** Start line and headers without the empty line; null at an end before anything came. */
  *#head(): Blocking<string | null> {
    for (;;) {
      while (this.#buffer.startsWith('\r\n')) this.#buffer = this.#buffer.slice(2)
      const match = /\r?\n\r?\n/.exec(this.#buffer)
      if (match) {
        const head = this.#buffer.slice(0, match.index)
        this.#buffer = this.#buffer.slice(match.index + match[0].length)
        return head.replace(/\r?\n/g, '\r\n')
      }
      if (this.#buffer.length > HEADER_LIMIT) throw new HttpError('too-large', 'headers of more than 64 KiB')
      if (yield* this.#fill()) continue
      if (this.#buffer === '') return null
      throw new HttpError('truncated', 'connection closed within the headers')
    }
  }

  *#bytes(count: number, visit: (piece: string) => Blocking<void>): Blocking<void> {
    for (let left = count; left > 0;) {
      if (this.#buffer === '' && !(yield* this.#fill())) {
        throw new HttpError('truncated', `connection closed with ${left} bytes to read`)
      }
      const end = indexOfByte(this.#buffer, left)
      const piece = end === undefined ? this.#takeAll() : this.#take(end)
      left = end === undefined ? left - utf8Length(piece) : 0
      yield* visit(piece)
    }
  }

  *#chunks(visit: (piece: string) => Blocking<void>): Blocking<void> {
    for (;;) {
      const size = parseInt(yield* this.#line(), 16)
      if (Number.isNaN(size)) throw new HttpError('malformed', 'invalid chunk size')
      if (size > 0) yield* this.#bytes(size, visit)
      const end = yield* this.#line()
      if (size === 0) {
        // Trailers, if any, up to the empty line.
        for (let line = end; line !== '';) line = yield* this.#line()
        return
      }
    }
  }

  *#line(): Blocking<string> {
    let end: number
    while ((end = this.#buffer.indexOf('\n')) < 0) {
      if (!(yield* this.#fill())) throw new HttpError('truncated', 'connection closed within a chunk')
    }
    return this.#take(end + 1).replace(/\r?\n$/, '')
  }

  *#fill(): Blocking<boolean> {
    if (this.#ended) return false
    const text = yield* this.#source.read(this.timeoutMs)
    if (text === null) this.#ended = true
    else this.#buffer += text
    return text !== null
  }

  #take(end: number): string {
    const piece = this.#buffer.slice(0, end)
    this.#buffer = this.#buffer.slice(end)
    return piece
  }

  #takeAll(): string {
    return this.#take(this.#buffer.length)
  }
}

function parseHeaders(lines: readonly string[]): Headers {
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0)
      throw new HttpError('malformed', `invalid header line ${JSON.stringify(line.slice(0, 80))}`)
    headers.add(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return headers
}
