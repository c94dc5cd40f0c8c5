import { Headers, type HttpRequest } from '../../net/http.ts'
import { utf8Length } from '../../../encoding/utf8.ts'
import { encodeBase64 } from '../../../encoding/base64.ts'
import type { CurlSession } from './curl-connection.ts'
import { hostHeader, type Url } from './url.ts'

/** The request that the options ask for, headers in curl's order. */
export function requestFor(
  session: CurlSession,
  url: Url,
  how: { readonly method: string; readonly data: string | undefined },
): HttpRequest {
  const { options } = session
  const headers = new Headers([['Host', hostHeader(url)]])
  const user = options.get('u') ?? url.user
  if (user !== undefined)
    headers.set('Authorization', `Basic ${encodeBase64(user.includes(':') ? user : `${user}:`)}`)
  headers
    .set('User-Agent', options.get('A') ?? 'curl/7.88.1')
    .set('Accept', options.has('json') ? 'application/json' : '*/*')
  if (options.has('b') && options.get('b')!.includes('=')) headers.set('Cookie', options.get('b')!)
  if (options.has('e')) headers.set('Referer', options.get('e')!)
  if (how.data !== undefined) {
    headers.set('Content-Length', String(utf8Length(how.data)))
    headers.set(
      'Content-Type',
      options.has('json') ? 'application/json' : 'application/x-www-form-urlencoded',
    )
  }
  for (const line of options.all('H')) {
    const match = /^([^:;]+)(?::\s*(.*)|;)$/s.exec(line)
    if (!match) continue
    const [, name = '', value] = match
    // `-H 'Accept:'` takes a header away, `-H 'X-Empty;'` sends one without a value.
    if (value === '') headers.remove(name)
    else headers.set(name, value ?? '')
  }
  return {
    method: how.method,
    target: url.target,
    version: options.has('0') ? '1.0' : '1.1',
    headers,
    body: how.data ?? '',
  }
}
