import type { ApiResponse, Cancel } from '../api/wire.ts'
import { utf8Length } from '../encoding/utf8.ts'
import { SystemError, type Blocking, type Kernel, type Machine, type Process } from '../os/index.ts'
import { Headers, HttpError, httpRequest } from '../os/net/http.ts'
import { connect } from '../os/net/sockets.ts'
import type { ProxiedRequest } from './control-plane/kube-apiserver/index.ts'

/** How long the API server tries to connect, in ms. */
const DIAL_TIMEOUT_MS = 30_000

/** Headers that belong to one connection, and those that an answer has anyway. */
const NOT_PASSED_ON = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-type',
])

type Outcome = ApiResponse | { readonly error: string }

/** A request that the API server passes on, made from its host. `done` is called once, unless it is given up. */
export function proxyFrom(
  machine: Machine & { readonly kernel: Kernel },
  request: ProxiedRequest,
  done: (outcome: Outcome) => void,
): Cancel {
  let outcome: Outcome = { error: 'EOF' }
  let isWanted = true
  const process = machine.kernel.start(
    function* (process) {
      outcome = yield* ask(process, request)
      return 0
    },
    { argv: ['kube-apiserver: proxy'], onExit: () => isWanted && done(outcome) },
  )
  return () => {
    isWanted = false
    try {
      machine.kernel.kill(process.pid, 'SIGKILL')
    } catch (error) {
      // It has ended.
      if (!(error instanceof SystemError)) throw error
    }
  }
}

function* ask(process: Process, request: ProxiedRequest): Blocking<Outcome> {
  const { address, port, method, target, body } = request
  const headers = new Headers([['Host', `${address}:${port}`], ...request.headers, ['Connection', 'close']])
  if (body !== '') headers.set('Content-Length', String(utf8Length(body)))
  try {
    const socket = yield* connect(process, address, port, { timeoutMs: DIAL_TIMEOUT_MS })
    const response = yield* httpRequest(socket, { method, target, version: '1.1', headers, body })
    const passed = [...response.headers].filter(([name]) => !NOT_PASSED_ON.has(name.toLowerCase()))
    return {
      status: response.status,
      contentType: response.headers.get('Content-Type') ?? 'text/plain; charset=utf-8',
      warnings: [],
      headers: Object.fromEntries(passed),
      body: response.body,
    }
  } catch (error) {
    if (error instanceof HttpError) return { error: 'EOF' }
    if (!(error instanceof SystemError)) throw error
    return {
      error: `dial tcp ${address}:${port}: ${WORDS[error.code] ?? `connect: ${error.message.toLowerCase()}`}`,
    }
  }
}

/** Go's words, where they are not those of the errno. */
const WORDS: Readonly<Record<string, string>> = { ETIMEDOUT: 'i/o timeout' }
