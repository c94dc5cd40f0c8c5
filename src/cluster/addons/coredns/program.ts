import { NetworkException } from '../../../network/sockets.ts'
import { wait, type Blocking, type Process, type Program } from '../../../os/index.ts'
import { serveHttp, textResponse } from '../../../os/net/http.ts'
import { withThreads } from '../../../os/net/threads.ts'
import { CorefileError } from './corefile.ts'
import { configure, type Configuration, type Surroundings } from './configuration.ts'
import type { HttpEndpoint } from './plugin.ts'
import { RELOAD_INTERVAL_MS, RELOAD_JITTER_MS } from './plugins/reload.ts'
import { DnsServer } from './server.ts'

const VERSION = '1.10.0'
const BUILD = `CoreDNS-${VERSION}\nlinux/amd64, go1.19.1, 596a9f9\n`

/** How long it waits for the API before it serves without. */
const SYNC_TIMEOUT_MS = 5000
const SYNC_POLL_MS = 100

type Occurrence =
  | { readonly kind: 'shutdown'; readonly signal: string }
  | { readonly kind: 'reload' }
  | { readonly kind: 'fatal'; readonly text: string }

/** CoreDNS: reads its Corefile, serves, looks for changes of it, ends on SIGTERM after the lame-duck time. */
export const coreDnsProgram: Program = function* (process) {
  const flags = process.argv.slice(1)
  if (flags.includes('-version') || flags.includes('--version')) {
    yield* process.print(BUILD)
    return 0
  }
  const path = flags[flags.indexOf('-conf') + 1] ?? '/etc/coredns/Corefile'
  const occurrences = new Occurrences()
  const surroundings: Surroundings = {
    log: (level, text) => void process.files.get(1)?.write(`[${level}] ${text}\n`).next(),
    fatal: (text) => occurrences.put({ kind: 'fatal', text }),
    metrics: new Map(),
  }
  let text: string
  let configuration: Configuration
  try {
    text = readCorefile(process, path)
    configuration = configure(process, text, surroundings)
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error
    yield* process.printError(`${error.message}\n`)
    return 1
  }
  return yield* run(process, path, text, configuration, surroundings, occurrences)
}

function readCorefile(process: Process, path: string): string {
  const { files } = process.machine
  if (files.stat(path)?.type !== 'file')
    throw new CorefileError(`loading Caddyfile via flag: open ${path}: no such file or directory`)
  return files.read(path)
}

function* run(
  process: Process,
  path: string,
  firstText: string,
  first: Configuration,
  surroundings: Surroundings,
  occurrences: Occurrences,
): Blocking<number> {
  let configuration = first
  let text = firstText
  const servers = new Map<number, DnsServer>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.onSignal(signal, () => occurrences.put({ kind: 'shutdown', signal }))
  }
  try {
    yield* untilSynced(process, configuration, surroundings)
    return yield* withThreads<number>(function* (start) {
      const listening = new HttpEndpoints(process, start)
      listening.show(configuration.endpoints)
      try {
        listen(process, configuration, servers)
      } catch (error) {
        if (!(error instanceof NetworkException)) throw error
        yield* process.printError('Listen: listen tcp :53: bind: address already in use\n')
        return 1
      }
      yield* process.print(banner(configuration, text))
      configuration.started()
      for (;;) {
        const occurrence = yield* occurrences.next(process, configuration.reloads)
        if (occurrence.kind === 'fatal') {
          surroundings.log('FATAL', occurrence.text)
          return 1
        }
        if (occurrence.kind === 'shutdown') {
          surroundings.log('INFO', `${occurrence.signal}: Shutting down servers then terminating`)
          if (configuration.lameduckMs > 0) {
            surroundings.log(
              'INFO',
              `plugin/health: Going into lameduck mode for ${configuration.lameduckMs / 1000}s`,
            )
            yield* process.sleep(configuration.lameduckMs)
          }
          return 0
        }
        const fresh = readIfChanged(process, path, text)
        if (fresh === undefined) continue
        text = fresh
        surroundings.log('INFO', 'Reloading')
        try {
          const next = configure(process, fresh, surroundings)
          configuration.stop()
          configuration = next
          yield* untilSynced(process, configuration, surroundings)
          listen(process, configuration, servers)
          listening.show(configuration.endpoints)
          surroundings.log('INFO', `plugin/reload: Running configuration SHA512 = ${digest(text)}`)
          surroundings.log('INFO', 'Reloading complete')
        } catch (error) {
          if (!(error instanceof Error) || error instanceof TypeError) throw error
          surroundings.log('ERROR', `Restart failed: ${error.message}`)
          surroundings.log('ERROR', `plugin/reload: Corefile changed but reload failed: ${error.message}`)
        }
      }
    })
  } finally {
    for (const server of servers.values()) server.close()
    configuration.stop()
  }
}

function* untilSynced(process: Process, { synced }: Configuration, { log }: Surroundings): Blocking<void> {
  const deadlineMs = process.now() + SYNC_TIMEOUT_MS
  if (synced()) return
  log('INFO', 'plugin/kubernetes: waiting for Kubernetes API before starting server')
  while (!synced()) {
    if (process.now() >= deadlineMs)
      return log('WARNING', 'plugin/kubernetes: starting server with unsynced Kubernetes API')
    yield* process.sleep(SYNC_POLL_MS)
  }
}

/** Opens what is new, gives the open servers their new chains, closes what is no longer there. */
function listen(process: Process, { ports }: Configuration, servers: Map<number, DnsServer>): void {
  for (const [port, zones] of ports) {
    const open = servers.get(port)
    if (open) open.zones = zones
    else servers.set(port, new DnsServer(process, port, zones))
  }
  for (const [port, server] of [...servers]) {
    if (ports.has(port)) continue
    server.close()
    servers.delete(port)
  }
}

function banner({ ports, reloads }: Configuration, text: string): string {
  const zones = [...ports].flatMap(([port, handlers]) =>
    [...handlers.keys()].map((zone) => `${zone}:${port}\n`),
  )
  const running = reloads ? `[INFO] plugin/reload: Running configuration SHA512 = ${digest(text)}\n` : ''
  return `${zones.join('')}${running}${BUILD}`
}

function readIfChanged(process: Process, path: string, text: string): string | undefined {
  const { files } = process.machine
  const now = files.stat(path)?.type === 'file' ? files.read(path) : text
  return now === text ? undefined : now
}

/** Stands for the digest of a configuration: changes when it changes. */
function digest(text: string): string {
  let result = ''
  for (let part = 0; part < 16; part++) {
    let hash = 0x811c9dc5 ^ Math.imul(part + 1, 0x9e3779b9)
    for (let index = 0; index < text.length; index++)
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    result += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return result
}

/** What may happen to a running server, one after the other. */
class Occurrences {
  readonly #waiting: Occurrence[] = []
  #taker: (() => void) | undefined

  put(occurrence: Occurrence): void {
    this.#waiting.push(occurrence)
    this.#taker?.()
  }

  /** The next; a look at the Corefile when none comes for a while. */
  *next(process: Process, reloads: boolean): Blocking<Occurrence> {
    const { simulation, hostname } = process.machine
    if (this.#waiting.length === 0) {
      yield* wait<void>((resume) => {
        const pauseMs = RELOAD_INTERVAL_MS + simulation.random(`reload ${hostname}`).next() * RELOAD_JITTER_MS
        const timer = reloads ? simulation.schedule(pauseMs, () => this.#taker?.()) : undefined
        this.#taker = () => {
          timer?.cancel()
          this.#taker = undefined
          resume()
        }
        return () => timer?.cancel()
      })
    }
    return this.#waiting.shift() ?? { kind: 'reload' }
  }
}

/** /health, /ready, /metrics: a small HTTP server on each port. */
class HttpEndpoints {
  readonly #process: Process
  readonly #start: (thread: Blocking<void>) => void
  readonly #ports = new Set<number>()
  #shown: readonly HttpEndpoint[] = []

  constructor(process: Process, start: (thread: Blocking<void>) => void) {
    this.#process = process
    this.#start = start
  }

  show(endpoints: readonly HttpEndpoint[]): void {
    this.#shown = endpoints
    for (const { port } of endpoints) {
      if (this.#ports.has(port)) continue
      this.#ports.add(port)
      const find = (target: string) =>
        this.#shown.find((each) => each.port === port && each.path === target.split('?')[0])
      this.#start(
        serveHttp(this.#process, {
          port,

          *handler({ target }) {
            const found = find(target)?.respond()
            return found ? textResponse(found.status, found.body) : textResponse(404, '404 page not found\n')
          },
        }),
      )
    }
  }
}
