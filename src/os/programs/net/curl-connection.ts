import { HttpReader } from '../../net/http.ts'
import { isIPv4, isIPv6 } from '../../net/dns.ts'
import { getaddrinfo } from '../../net/resolver.ts'
import { connect, type Socket } from '../../net/sockets.ts'
import { SystemError, type Blocking, type Process } from '../../process.ts'
import type { Options } from '../options.ts'
import { CurlError } from './curl-error.ts'
import type { CurlOutput } from './curl-output.ts'
import type { Url } from './url.ts'

/** One run of curl: what its transfers share. */
export interface CurlSession {
  readonly process: Process
  readonly options: Options
  readonly data: string | undefined
  /** How many connections were made. */
  connections: number
  /** The connection that was left intact. */
  open?:
    | { readonly socket: Socket; readonly reader: HttpReader; readonly key: string; readonly number: number }
    | undefined
}

/** How far a transfer has come: what a time-out is told by. */
export interface Phase {
  name: 'resolving' | 'connecting' | 'transferring'
  expected?: number
}

/** A connection to the URL's host: the one left from before, or a new one. @throws CurlError 6, 7, 28, 35 */
export function* connection(session: CurlSession, url: Url, output: CurlOutput, phase: Phase) {
  const key = `${url.host}:${url.port}`
  const kept = session.open
  session.open = undefined
  if (kept?.key === key) {
    yield* output.verbose(
      `* Found bundle for host: (nil) [serially]\n* Can not multiplex, even if we wanted to\n* Re-using existing connection #${kept.number} with host ${url.host}\n`,
    )
    return kept
  }
  kept?.socket.close()
  const number = session.connections++
  const addresses = yield* addressesOf(session, url, output)
  output.report['time_namelookup'] = output.since()
  phase.name = 'connecting'
  const socket = yield* dial(session, url, addresses, output, number)
  output.report['num_connects'] = String(Number(output.report['num_connects']) + 1)
  output.report['time_connect'] = output.since()
  Object.assign(output.report, {
    remote_ip: socket.remote.address, remote_port: String(socket.remote.port), local_ip: socket.local.address, local_port: String(socket.local.port),
  }) // prettier-ignore
  const shown = socket.remote.address.includes(':') ? `[${socket.remote.address}]` : socket.remote.address
  yield* output.verbose(`* Connected to ${url.host} (${shown}) port ${url.port} (#${number})\n`)
  if (url.scheme === 'https') {
    // No TLS is spoken here: whoever answers, answers plainly.
    socket.close()
    yield* output.verbose(`* Closing connection ${number}\n`)
    throw new CurlError(35, 'OpenSSL/3.0.17: error:0A00010B:SSL routines::wrong version number')
  }
  return { socket, reader: new HttpReader(socket), key, number }
}

function* addressesOf(session: CurlSession, url: Url, output: CurlOutput): Blocking<readonly string[]> {
  const { options, process } = session
  if (isIPv4(url.host) || isIPv6(url.host)) return [url.host]
  for (const entry of options.all('resolve')) {
    const [, host, port, addresses] = /^\+?([^:]*):(\d+):(.*)$/.exec(entry) ?? []
    if (addresses === undefined || (host !== '*' && host !== url.host) || Number(port) !== url.port) continue
    yield* output.verbose(
      `* Added ${host}:${port}:${addresses} to DNS cache\n* Hostname ${url.host} was found in DNS cache\n`,
    )
    return addresses.split(',').map((address) => address.replace(/^\[|\]$/g, ''))
  }
  const family = options.has('4') ? 4 : options.has('6') ? 6 : undefined
  const found = yield* getaddrinfo(process, url.host, family === undefined ? {} : { family })
  if (found.ok) return found.addresses
  yield* output.verbose(
    `* Could not resolve host: ${url.host}\n* Closing connection ${session.connections - 1}\n`,
  )
  throw new CurlError(6, `Could not resolve host: ${url.host}`)
}

function* dial(
  session: CurlSession,
  url: Url,
  addresses: readonly string[],
  output: CurlOutput,
  number: number,
): Blocking<Socket> {
  const { options, process } = session
  const limit = options.get('connect-timeout')
  const limitMs = limit === undefined ? 300_000 : Number(limit) * 1000
  let last: SystemError | undefined
  let timedOut = false
  for (const address of addresses) {
    yield* output.verbose(`*   Trying ${address.includes(':') ? `[${address}]` : address}:${url.port}...\n`)
    try {
      const leftMs = Math.max(1, output.startedMs + limitMs - process.now())
      return yield* connect(process, address, url.port, { timeoutMs: leftMs })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      last = error
      timedOut = process.now() - output.startedMs >= limitMs
      const instant = error.code === 'ENETUNREACH'
      yield* output.verbose(
        instant
          ? `* Immediate connect fail for ${address}: ${error.message}\n`
          : timedOut
            ? '* Connection timeout\n'
            : `* connect to ${address} port ${url.port} failed: ${error.message}\n`,
      )
      if (timedOut) break
    }
  }
  const ms = Math.round(process.now() - output.startedMs)
  const reason = timedOut ? 'Timeout was reached' : "Couldn't connect to server"
  const message = `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: ${reason}`
  yield* output.verbose(`* ${message}\n* Closing connection ${number}\n`)
  throw new CurlError(timedOut || last?.code === 'ETIMEDOUT' ? 28 : 7, message)
}
