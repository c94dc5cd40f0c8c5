import type { IncomingMessage } from 'node:http'
import { parse as parseYaml } from 'yaml'
import type { ApiRequest, Method } from '../api/wire.ts'
import { decodeProtobuf, PROTOBUF } from './protobuf.ts'

/** The largest body the real API server takes, in bytes: 3 MiB. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

export class BodyTooLarge extends Error {}

/** Turns an HTTP request into what the API server understands. @throws BodyTooLarge */
export async function toApiRequest(message: IncomingMessage): Promise<ApiRequest> {
  const request = head(message)
  if (message.method === 'GET') return request
  const body = await readBody(message)
  // What is protobuf on the wire is JSON from here on.
  if (request.contentType?.startsWith(PROTOBUF)) {
    return { ...request, contentType: 'application/json', ...decoded(body, decodeProtobuf) }
  }
  const parse = /yaml/.test(request.contentType ?? '')
    ? (text: string): unknown => parseYaml(text)
    : JSON.parse
  return { ...request, ...decoded(body, (bytes) => parse(bytes.toString('utf8')) as unknown) }
}

/** The same without a body: for upgrades. */
export function head(message: IncomingMessage): ApiRequest {
  const { path, parameters } = targetOf(message)
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name)
    query[name] = values.length === 1 ? values[0]! : values
  }
  return {
    method: (message.method ?? 'GET') as Method,
    path,
    query,
    accept: message.headers.accept,
    contentType: message.headers['content-type'],
    userAgent: message.headers['user-agent'],
    ...(message.headers['if-none-match'] && { ifNoneMatch: message.headers['if-none-match'] }),
    managedFields: true,
    ...impersonated(message),
  }
}

/** The path as it was sent, for no path is too strange to be answered, and the query's parameters. */
export function targetOf({ url = '/' }: IncomingMessage): { path: string; parameters: URLSearchParams } {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '')
  const [path = ''] = target.split('?', 1)
  return { path: path === '' ? '/' : path, parameters: new URLSearchParams(target.slice(path.length + 1)) }
}

/** Whom an administrator says to be, by the headers of impersonation. */
function impersonated({ headers }: IncomingMessage): Pick<ApiRequest, 'user'> {
  const username = headers['impersonate-user']
  if (typeof username !== 'string') return {}
  const groups = [headers['impersonate-group'] ?? []].flat()
  return { user: { username, groups: [...groups, 'system:authenticated'] } }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge()
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function decoded(body: Buffer, parse: (body: Buffer) => unknown): Pick<ApiRequest, 'body' | 'undecodable'> {
  if (body.length === 0) return {}
  try {
    return { body: parse(body) }
  } catch (error) {
    return { undecodable: { text: body.toString('utf8'), error: (error as Error).message } }
  }
}
