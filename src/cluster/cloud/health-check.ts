import type { Host, TcpConnection } from '../../network/index.ts'
import type { Timer } from '../../sim/index.ts'

/** How a load balancer finds out whether a node can serve. */
export interface HealthCheck {
  /** `http` asks for `/healthz` and wants 200; `tcp` is content with a connection. */
  readonly kind: 'http' | 'tcp'
  readonly port: number
}

const INTERVAL_MS = 5000
const TIMEOUT_MS = 2000
/** So many failures in a row take a node out; one success brings it back. */
const UNHEALTHY_THRESHOLD = 2

/** Asks one node again and again. Healthy until the contrary is known. */
export class HealthProbe {
  readonly #host: Host
  readonly #address: string
  readonly #check: HealthCheck
  readonly #changed: () => void
  #failures = 0
  #next: Timer
  #connection: TcpConnection | undefined

  /** @param host where the probes come from. */
  constructor(host: Host, address: string, check: HealthCheck, changed: () => void) {
    this.#host = host
    this.#address = address
    this.#check = check
    this.#changed = changed
    this.#next = host.simulation.schedule(0, () => this.#probe())
  }

  get healthy(): boolean {
    return this.#failures < UNHEALTHY_THRESHOLD
  }

  stop(): void {
    this.#next.cancel()
    this.#connection?.abort()
  }

  #probe(): void {
    let answer = ''
    let isDone = false
    const finish = (isHealthy: boolean): void => {
      if (isDone) return
      isDone = true
      timeout.cancel()
      this.#connection?.abort()
      this.#connection = undefined
      this.#note(isHealthy)
    }
    const timeout = this.#host.simulation.schedule(TIMEOUT_MS, () => finish(false))
    const isAnswered = () => /^HTTP\/1\.[01] \d{3}/.test(answer)
    this.#connection = this.#host.sockets.connectTcp(
      { address: this.#address, port: this.#check.port },
      {
        connected: () => {
          if (this.#check.kind === 'tcp') return finish(true)
          const host = `${this.#address}:${this.#check.port}`
          this.#connection?.send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
        },
        data: (text) => {
          answer += text
          if (isAnswered()) finish(/^HTTP\/1\.[01] 200/.test(answer))
        },
        end: () => finish(/^HTTP\/1\.[01] 200/.test(answer)),
        error: () => finish(false),
      },
    )
  }

  #note(isHealthy: boolean): void {
    const before = this.healthy
    this.#failures = isHealthy ? 0 : this.#failures + 1
    this.#next = this.#host.simulation.schedule(INTERVAL_MS, () => this.#probe())
    if (this.healthy !== before) this.#changed()
  }
}
