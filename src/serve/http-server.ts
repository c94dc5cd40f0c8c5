import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Answer, ApiRequest, ApiResponse } from '../api/wire.ts'
import { CONNECTION_FAILED } from '../client/transport.ts'
import { acceptUpgrade } from './channels.ts'
import { BodyTooLarge, head, toApiRequest } from './http-request.ts'

export type Handle = (request: ApiRequest) => Answer

/**
 * The API of an engine behind a real HTTP port: bodies become text here and nowhere else.
 * @param handle called at the virtual time that belongs to now
 */
export function createHttpServer(handle: Handle): Server {
  const server = createServer((message, response) => {
    void serve(handle, message, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' })
      response.end(String(error))
    })
  })
  server.on('upgrade', (message, socket, data) => {
    const request = head(message)
    acceptUpgrade(message, socket, data, (query = request.query) => handle({ ...request, query }))
  })
  return server
}

async function serve(handle: Handle, message: IncomingMessage, response: ServerResponse): Promise<void> {
  let request: ApiRequest
  try {
    request = await toApiRequest(message)
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
    return writeResponse(response, tooLarge)
  }
  const answer = handle(request)
  if (answer.kind === 'response' && answer.response.status === CONNECTION_FAILED)
    return void message.socket.destroy()
  if (answer.kind === 'response') return writeResponse(response, answer.response)
  if (answer.kind === 'upgrade') return writeResponse(response, upgradeRequired)
  if (answer.kind === 'later')
    return void response.on(
      'close',
      answer.start((later) => writeResponse(response, later)),
    )
  response.writeHead(answer.response.status, headers(answer.response))
  response.flushHeaders()
  const stop = answer.start({
    chunk: (value) => response.write(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`),
    end: () => response.end(),
  })
  response.on('close', stop)
}

function writeResponse(response: ServerResponse, { body, ...rest }: ApiResponse): void {
  const text =
    body === undefined ? '' : typeof body === 'string' ? body : `${JSON.stringify(asWritten(body))}\n`
  response.writeHead(rest.status, { ...headers(rest), 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}

/** In a list of one kind only the list says which: its items do not repeat it. */
function asWritten(body: unknown): unknown {
  const { kind, items } = (body ?? {}) as { kind?: string; items?: unknown }
  if (!kind?.endsWith('List') || !Array.isArray(items)) return body
  return {
    ...(body as object),
    items: (items as { kind?: string; apiVersion?: string }[]).map((item) => {
      if (`${item.kind}List` !== kind) return item
      const { kind: _kind, apiVersion: _apiVersion, ...rest } = item
      return rest
    }),
  }
}

function headers(response: Omit<ApiResponse, 'body'>): Record<string, string | string[]> {
  const warnings = response.warnings.map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`)
  return {
    ...response.headers,
    'Content-Type': response.contentType,
    'Cache-Control': 'no-cache, private',
    ...(warnings.length > 0 && { Warning: warnings }),
  }
}

const failure = (code: number, reason: string, message: string): ApiResponse => ({
  status: code,
  contentType: 'application/json',
  warnings: [],
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
})

const tooLarge = failure(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728')
const upgradeRequired = failure(400, 'BadRequest', 'Upgrade request required')
