import type { Process } from '../../../os/index.ts'
import { slashDate } from '../../../encoding/dates.ts'
import type { Upstreams } from './proxy.ts'
import type { Exchange } from './respond.ts'
import type { NginxConfiguration } from './settings.ts'

/** The one worker process of this nginx: what its requests share. It lives in the master's process here. */
export class Worker {
  readonly version: string
  readonly process: Process
  configuration: NginxConfiguration
  upstreams: Upstreams
  /** Told to finish: answers say so, connections are not kept. */
  draining = false
  readonly #turns = new Map<string, number>()
  #connections = 0

  constructor(process: Process, version: string, configuration: NginxConfiguration, upstreams: Upstreams) {
    this.process = process
    this.version = version
    this.configuration = configuration
    this.upstreams = upstreams
  }

  nextConnection(): number {
    return ++this.#connections
  }

  /** Round robin: whose turn it is among the peers of an upstream. */
  nextPeer(authority: string): number {
    const turn = this.#turns.get(authority) ?? 0
    this.#turns.set(authority, turn + 1)
    return turn
  }

  /** A line in the error log about a request. */
  logError(exchange: Exchange, message: string, upstream?: string): void {
    const { client, request, serverName, connection } = exchange
    const details = [
      `client: ${client.address}`,
      `server: ${serverName}`,
      `request: "${request.method} ${request.target} HTTP/${request.version}"`,
      ...(upstream ? [`upstream: "${upstream}"`] : []),
      ...(request.headers.has('host') ? [`host: "${request.headers.get('host')}"`] : []),
    ]
    this.writeLog('error', `7#7: *${connection} ${message}, ${details.join(', ')}`)
  }

  notice(message: string): void {
    this.writeLog('notice', message)
  }

  /** nginx does not wait for its log: what the pipe cannot take is lost. */
  writeLog(level: 'error' | 'notice' | 'emerg', message: string): void {
    this.process.files
      .get(2)
      ?.write(`${slashDate(this.process.now())} [${level}] ${message}\n`)
      .next()
  }
}
