import { utf8Length } from '../../encoding/utf8.ts'

/** Header fields in the order they were sent, with their spelling; looked up whatever their case. */
export class Headers {
  readonly #fields: (readonly [name: string, value: string])[]

  constructor(fields: Iterable<readonly [string, string]> = []) {
    this.#fields = [...fields]
  }

  get(name: string): string | undefined {
    const lower = name.toLowerCase()
    return this.#fields.find(([field]) => field.toLowerCase() === lower)?.[1]
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Replaces the field where it stands, or adds it at the end. */
  set(name: string, value: string): this {
    const lower = name.toLowerCase()
    const index = this.#fields.findIndex(([field]) => field.toLowerCase() === lower)
    if (index < 0) this.#fields.push([name, value])
    else this.#fields[index] = [this.#fields[index]![0], value]
    return this
  }

  add(name: string, value: string): this {
    this.#fields.push([name, value])
    return this
  }

  remove(name: string): this {
    const lower = name.toLowerCase()
    for (let index = this.#fields.length - 1; index >= 0; index--) {
      if (this.#fields[index]![0].toLowerCase() === lower) this.#fields.splice(index, 1)
    }
    return this
  }

  [Symbol.iterator](): IterableIterator<readonly [string, string]> {
    return this.#fields[Symbol.iterator]()
  }
}

export interface HttpRequest {
  readonly method: string
  /** Path and query as in the request line, e.g. `/index.html?x=1`. */
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly headers: Headers
  readonly body: string
}

export interface HttpResponse {
  readonly version?: '1.0' | '1.1'
  readonly status: number
  /** Default: the usual one of the status. */
  readonly reason?: string
  readonly headers: Headers
  readonly body: string
}

export const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue', 101: 'Switching Protocols', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content',
  206: 'Partial Content', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified',
  307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden',
  404: 'Not Found', 405: 'Method Not Allowed', 408: 'Request Timeout', 409: 'Conflict', 411: 'Length Required',
  413: 'Payload Too Large', 415: 'Unsupported Media Type', 418: "I'm a teapot", 422: 'Unprocessable Entity',
  429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway',
  503: 'Service Unavailable', 504: 'Gateway Timeout', 505: 'HTTP Version Not Supported',
} // prettier-ignore

/** The request as it goes over the wire, with exactly the headers it has. */
export function formatRequest(request: HttpRequest): string {
  return formatMessage(
    `${request.method} ${request.target} HTTP/${request.version}`,
    request.headers,
    request.body,
  )
}

/** The response as it goes over the wire, with exactly the headers it has. */
export function formatResponse(response: HttpResponse): string {
  return formatMessage(statusLine(response), response.headers, response.body)
}

/** E.g. `HTTP/1.1 404 Not Found`. */
export function statusLine(response: Omit<HttpResponse, 'headers' | 'body'>): string {
  const reason = response.reason ?? REASONS[response.status] ?? ''
  return `HTTP/${response.version ?? '1.1'} ${response.status} ${reason}`
}

/** A response with a body and its Content-Length; `headers` go before it. */
export function textResponse(
  status: number,
  body: string,
  headers: Iterable<readonly [string, string]> = [['Content-Type', 'text/plain; charset=utf-8']],
): HttpResponse {
  return { status, headers: new Headers(headers).set('Content-Length', String(utf8Length(body))), body }
}

function formatMessage(startLine: string, headers: Headers, body: string): string {
  let text = `${startLine}\r\n`
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`
  return `${text}\r\n${body}`
}
