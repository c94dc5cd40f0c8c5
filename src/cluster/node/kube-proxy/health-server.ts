import { formatMicroTimestamp } from '../../../encoding/time.ts'
import type { Host, TcpListener } from '../../../network/index.ts'

interface Check {
  readonly port: number
  count: number
  readonly listener: TcpListener | undefined
}

/**
 * Answers load balancers on the `healthCheckNodePort` of each Service with `externalTrafficPolicy: Local`: 200 while
 * this node has endpoints of its own, 503 otherwise.
 */
export class HealthServer {
  readonly #host: Host
  readonly #checks = new Map<string, Check>()

  constructor(host: Host) {
    this.#host = host
  }

  /** @param service `namespace/name`; without `check` it is not (or no longer) asked about. */
  update(service: string, check: { readonly port: number; readonly count: number } | undefined): void {
    const existing = this.#checks.get(service)
    if (existing && existing.port === check?.port) {
      existing.count = check.count
      return
    }
    existing?.listener?.close()
    this.#checks.delete(service)
    if (check) this.#checks.set(service, { ...check, listener: this.#listen(service, check.port) })
  }

  close(): void {
    for (const { listener } of this.#checks.values()) listener?.close()
    this.#checks.clear()
  }

  /** Undefined when somebody else has the port: kube-proxy says so in its log and goes on. */
  #listen(service: string, port: number): TcpListener | undefined {
    if (this.#host.transport.list().some(({ state, local }) => state === 'LISTEN' && local.port === port))
      return undefined
    return this.#host.sockets.listenTcp({ address: '0.0.0.0', port }, (connection) => {
      let request = ''
      connection.handlers = {
        data: (text) => {
          request += text
          if (!request.includes('\r\n\r\n')) return
          request = ''
          connection.send(this.#answer(service))
          connection.end()
        },
        end: () => connection.end(),
      }
    })
  }

  #answer(service: string): string {
    const count = this.#checks.get(service)?.count ?? 0
    const [namespace, name] = service.split('/')
    const body = `{\n\t"service": {\n\t\t"namespace": "${namespace}",\n\t\t"name": "${name}"\n\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`
    return [
      count > 0 ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 503 Service Unavailable',
      'Content-Type: application/json',
      'X-Content-Type-Options: nosniff',
      `X-Load-Balancing-Endpoint-Weight: ${count}`,
      `Date: ${httpDate(this.#host.simulation.nowMs)}`,
      `Content-Length: ${body.length}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n')
  }
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Sun, 22 Nov 2026 08:26:41 GMT`. */
function httpDate(timeMs: number): string {
  const [date = '', time = ''] = formatMicroTimestamp(timeMs).split('T')
  const [year, month, day] = date.split('-')
  const weekday = DAYS[Math.floor(timeMs / 86_400_000) % 7]
  return `${weekday}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${time.slice(0, 8)} GMT`
}
