import type { IncomingMessage } from 'node:http'
import { parse as parseYaml } from 'yaml'
import type { ApiRequest, Method } from '../api/wire.ts'

/** The largest body the real API server takes, in bytes: 3 MiB. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

export class BodyTooLarge extends Error {}

/** Turns an HTTP request into what the API server understands. @throws BodyTooLarge */
export async function toApiRequest(message: IncomingMessage): Promise<ApiRequest> {
  const body = message.method === 'GET' ? '' : await readBody(message)
  return { ...head(message), ...decodeBody(body, message.headers['content-type']) }
}

/** The same without a body: for upgrades. */
export function head(message: IncomingMessage): ApiRequest {
  const url = new URL(message.url ?? '/', 'http://localhost')
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name)
    query[name] = values.length === 1 ? values[0]! : values
  }
  return {
    method: (message.method ?? 'GET') as Method,
    path: url.pathname,
    query,
    accept: message.headers.accept,
    contentType: message.headers['content-type'],
    userAgent: message.headers['user-agent'],
    managedFields: true,
  }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge()
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function decodeBody(
  text: string,
  contentType = 'application/json',
): Pick<ApiRequest, 'body' | 'undecodable'> {
  if (text === '') return {}
  try {
    return { body: /yaml/.test(contentType) ? parseYaml(text) : JSON.parse(text) }
  } catch (error) {
    return { undecodable: { text, error: (error as Error).message } }
  }
}
