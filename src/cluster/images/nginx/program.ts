import { utf8Length } from '../../../encoding/utf8.ts'
import type { Blocking, FileSystem, Process, Program } from '../../../os/index.ts'
import { serveHttp, textResponse, type HttpServer } from '../../../os/net/http.ts'
import { withThreads } from '../../../os/net/threads.ts'
import { commonLogDate } from '../../../encoding/dates.ts'
import { untilSignal } from '../servers.ts'
import { NginxConfigError, parseConfiguration, type ConfigurationFiles } from './configuration.ts'
import { specialPage } from './pages.ts'
import { resolveUpstreams, type Upstreams } from './proxy.ts'
import { respond } from './respond.ts'
import { readConfiguration, type NginxConfiguration } from './settings.ts'
import { Worker } from './worker.ts'

const PID_FILE = '/run/nginx.pid'

const SIGNALS_BY_NAME = { stop: 'SIGTERM', quit: 'SIGQUIT', reload: 'SIGHUP', reopen: 'SIGUSR1' } as const

/** The nginx binary of one release: serves, tests its configuration (`-t`), signals the running one (`-s quit`). */
export function nginxProgram(version: string): Program {
  return function* (process) {
    const options = readOptions(process.argv.slice(1))
    if (options.has('-v') || options.has('-V')) {
      yield* process.printError(`nginx version: nginx/${version}\n`)
      return 0
    }
    const path = options.get('-c') ?? '/etc/nginx/nginx.conf'
    if (options.has('-s')) return yield* signalRunning(process, options.get('-s') ?? '')
    try {
      const configuration = load(process, path)
      const upstreams = yield* resolveUpstreams(process, configuration)
      if (!options.has('-t')) return yield* serve(process, version, path, configuration, upstreams)
      yield* process.printError(
        `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`,
      )
      return 0
    } catch (error) {
      if (!(error instanceof NginxConfigError)) throw error
      yield* process.printError(`nginx: [emerg] ${error.message}\n`)
      if (options.has('-t')) yield* process.printError(`nginx: configuration file ${path} test failed\n`)
      return 1
    }
  }
}

function readOptions(args: readonly string[]): Map<string, string> {
  const options = new Map<string, string>()
  for (let index = 0; index < args.length; index++) {
    const option = args[index]!
    options.set(option, ['-c', '-g', '-s', '-p', '-e'].includes(option) ? (args[++index] ?? '') : '')
  }
  return options
}

const load = (process: Process, path: string): NginxConfiguration =>
  readConfiguration(parseConfiguration(path, configurationFiles(process.machine.files)))

function configurationFiles(files: FileSystem): ConfigurationFiles {
  return {
    read: (path) => (files.stat(path)?.type === 'file' ? files.read(path) : undefined),
    glob(pattern) {
      const slash = pattern.lastIndexOf('/')
      const directory = pattern.slice(0, slash) || '/'
      const name = new RegExp(
        `^${pattern
          .slice(slash + 1)
          .replaceAll('.', '\\.')
          .replaceAll('*', '[^.].*')}$`,
      )
      const names = files.stat(directory)?.type === 'directory' ? files.list(directory) : []
      return names.filter((each) => name.test(each)).map((each) => `${directory}/${each}`)
    },
  }
}

function* signalRunning(process: Process, name: string): Blocking<number> {
  const signal = SIGNALS_BY_NAME[name as keyof typeof SIGNALS_BY_NAME]
  const { files } = process.machine
  if (!signal) {
    yield* process.printError(`nginx: invalid option: "-s ${name}"\n`)
    return 1
  }
  if (!files.stat(PID_FILE)) {
    yield* process.printError(`nginx: [error] open() "${PID_FILE}" failed (2: No such file or directory)\n`)
    return 1
  }
  process.kill(Number(files.read(PID_FILE)), signal)
  return 0
}

/** Serves until SIGTERM or SIGINT (at once) or SIGQUIT (after what is under way); SIGHUP reads the configuration anew. */
function* serve(
  process: Process,
  version: string,
  path: string,
  configuration: NginxConfiguration,
  upstreams: Upstreams,
): Blocking<number> {
  const worker = new Worker(process, version, configuration, upstreams)
  return yield* withThreads<number>(function* (start) {
    const listening = new Map<number, HttpServer>()
    const threads = new Set<number>()
    const listen = (port: number, address: string) => {
      threads.add(port)
      start(
        (function* () {
          try {
            yield* serveHttp(process, serverOptions(worker, process, port, address), (server) =>
              listening.set(port, server),
            )
          } finally {
            threads.delete(port)
          }
        })(),
      )
      if (listening.has(port)) return true
      process.files
        .get(2)
        ?.write(`nginx: [emerg] bind() to ${address}:${port} failed (98: Address already in use)\n`)
        .next()
      return false
    }
    for (const { port, address } of ports(configuration)) if (!listen(port, address)) return 1
    process.machine.files.write(PID_FILE, `${process.pid}\n`)
    announce(worker)
    for (;;) {
      const signal = yield* untilSignal(process, 'SIGQUIT', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1')
      if (signal === 'SIGHUP') yield* reload(worker, process, path, listening, listen)
      else if (signal !== 'SIGUSR1') {
        if (signal === 'SIGQUIT') yield* drain(worker, process, listening, threads)
        else worker.notice(`1#1: signal 15 (SIGTERM) received, exiting`)
        worker.notice('7#7: exiting')
        worker.notice('7#7: exit')
        worker.notice('1#1: signal 17 (SIGCHLD) received from 7')
        worker.notice('1#1: worker process 7 exited with code 0')
        worker.notice('1#1: exit')
        process.machine.files.remove(PID_FILE)
        return 0
      }
    }
  })
}

function ports({ servers }: NginxConfiguration): { port: number; address: string }[] {
  const byPort = new Map<number, string>()
  for (const { port, address } of servers.flatMap(({ listens }) => listens)) {
    const known = byPort.get(port)
    byPort.set(
      port,
      known === undefined ? wildcard(address) : known === wildcard(address) ? known : '0.0.0.0',
    )
  }
  return [...byPort].map(([port, address]) => ({ port, address }))
}

const wildcard = (address: string) => (address === '::' ? '0.0.0.0' : address)

function announce(worker: Worker): void {
  worker.notice('1#1: using the "epoll" event method')
  worker.notice(`1#1: nginx/${worker.version}`)
  worker.notice('1#1: OS: Linux 6.18.44-fc-v595')
  worker.notice('1#1: getrlimit(RLIMIT_NOFILE): 20000:20000')
  worker.notice('1#1: start worker processes')
  worker.notice('1#1: start worker process 7')
}

/** Stops listening, lets requests under way be answered, closes idle connections. */
function* drain(
  worker: Worker,
  process: Process,
  listening: ReadonlyMap<number, HttpServer>,
  threads: ReadonlySet<number>,
): Blocking<void> {
  worker.notice('1#1: signal 3 (SIGQUIT) received, shutting down')
  worker.notice('7#7: gracefully shutting down')
  worker.draining = true
  for (const server of listening.values()) server.drain()
  while (threads.size > 0) yield* process.sleep(10)
}

/** A configuration that does not load leaves the old one in force. */
function* reload(
  worker: Worker,
  process: Process,
  path: string,
  listening: Map<number, HttpServer>,
  listen: (port: number, address: string) => boolean,
): Blocking<void> {
  worker.notice('1#1: signal 1 (SIGHUP) received, reconfiguring')
  try {
    const configuration = load(process, path)
    worker.upstreams = yield* resolveUpstreams(process, configuration)
    worker.configuration = configuration
    const wanted = ports(configuration)
    for (const { port, address } of wanted) if (!listening.has(port)) listen(port, address)
    for (const [port, server] of [...listening]) {
      if (wanted.some((each) => each.port === port)) continue
      server.drain()
      listening.delete(port)
    }
    worker.notice('1#1: reconfiguring')
  } catch (error) {
    if (!(error instanceof NginxConfigError)) throw error
    worker.writeLog('emerg', `1#1: ${error.message}`)
  }
}

function serverOptions(
  worker: Worker,
  process: Process,
  port: number,
  address: string,
): Parameters<typeof serveHttp>[1] {
  const numbers = new WeakMap<object, number>()
  const accessLog = new WeakMap<object, boolean>()
  return {
    port,
    address,
    keepAliveMs: worker.configuration.keepAliveTimeoutMs,
    *handler(request, { socket }) {
      let number = numbers.get(socket)
      if (number === undefined) numbers.set(socket, (number = worker.nextConnection()))
      const { response, exchange } = yield* respond(worker, process, request, socket, number)
      accessLog.set(request, exchange.settings.accessLog)
      return response
    },
    badRequest: () =>
      textResponse(400, specialPage(400, worker.version)!, [
        ['Server', `nginx/${worker.version}`],
        ['Content-Type', 'text/html'],
      ]),
    *served(request, response, { socket }) {
      if (accessLog.get(request) === false) return
      const field = (name: string) => request.headers.get(name) ?? '-'
      const line = `${request.method} ${request.target} HTTP/${request.version}`
      yield* process.print(
        `${socket.remote.address} - - [${commonLogDate(process.now())}] "${line}" ${response.status} ${request.method === 'HEAD' ? 0 : utf8Length(response.body)} "${field('referer')}" "${field('user-agent')}" "${field('x-forwarded-for')}"\n`,
      )
    },
  }
}
