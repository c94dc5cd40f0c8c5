import type { NetworkError, SocketLayer } from '../../../network/index.ts'
import { wait, type Blocking } from '../../../os/index.ts'
import type { Simulation } from '../../../sim/index.ts'

export interface HttpTarget {
  readonly address: string
  readonly port: number
  readonly path: string
  readonly scheme?: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

export type HttpOutcome = { readonly status: number } | { readonly error: string }

/** What Go's net package says of a failed connection. */
const GO_ERRORS: Readonly<Record<NetworkError, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EPIPE: 'write: broken pipe',
}

/** A GET from the node, as probes and hooks make it: only the status counts. The error is Go's text. */
export function* httpGet(
  sockets: SocketLayer,
  simulation: Simulation,
  target: HttpTarget,
  timeoutMs: number,
): Blocking<HttpOutcome> {
  const { address, port, path, headers, scheme = 'http' } = target
  const url = `${scheme.toLowerCase()}://${address}:${port}${path.startsWith('/') ? path : `/${path}`}`
  const failed = (text: string): HttpOutcome => ({ error: `Get "${url}": ${text}` })
  const given = new Set(headers.map(({ name }) => name.toLowerCase()))
  const lines = [
    `GET ${path.startsWith('/') ? path : `/${path}`} HTTP/1.1`,
    ...(given.has('host') ? [] : [`Host: ${address}:${port}`]),
    ...(given.has('user-agent') ? [] : ['User-Agent: kube-probe/1.36']),
    ...(given.has('accept') ? [] : ['Accept: */*']),
    'Connection: close',
    ...headers.map(({ name, value }) => `${name}: ${value}`),
  ]
  return yield* wait<HttpOutcome>((resume) => {
    let head = ''
    const finish = (outcome: HttpOutcome) => {
      timer.cancel()
      connection.abort()
      resume(outcome)
    }
    const connection = sockets.connectTcp(
      { address, port },
      {
        connected: () => connection.send(`${lines.join('\r\n')}\r\n\r\n`),
        data(text) {
          head += text
          const status = /^HTTP\/1\.[01] (\d{3})[^\n]*\n/.exec(head)?.[1]
          if (status) finish({ status: Number(status) })
          else if (head.includes('\n'))
            finish(
              failed(
                `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(head.split('\n')[0]!.trim())}`,
              ),
            )
        },
        end: () => finish(failed('EOF')),
        error: (error) => finish(failed(describe(error, address, port))),
      },
    )
    const timer = simulation.schedule(timeoutMs, () =>
      finish(failed('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
    )
    return () => {
      timer.cancel()
      connection.abort()
    }
  })
}

/** Whether a TCP connection can be made. @returns the error in Go's words */
export function* tcpConnect(
  sockets: SocketLayer,
  simulation: Simulation,
  address: string,
  port: number,
  timeoutMs: number,
): Blocking<string | undefined> {
  return yield* wait<string | undefined>((resume) => {
    const finish = (error?: string) => {
      timer.cancel()
      connection.abort()
      resume(error)
    }
    const connection = sockets.connectTcp(
      { address, port },
      { connected: () => finish(), error: (error) => finish(describe(error, address, port)) },
    )
    const timer = simulation.schedule(timeoutMs, () => finish(`dial tcp ${address}:${port}: i/o timeout`))
    return () => {
      timer.cancel()
      connection.abort()
    }
  })
}

function describe(error: NetworkError, address: string, port: number): string {
  return error === 'ECONNRESET'
    ? `read tcp ->${address}:${port}: ${GO_ERRORS[error]}`
    : `dial tcp ${address}:${port}: ${GO_ERRORS[error]}`
}
