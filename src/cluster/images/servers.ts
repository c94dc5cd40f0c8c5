import { wait, type Blocking, type Process, type Signal } from '../../os/index.ts'
import { serveHttp, type HttpServer, type HttpServerOptions } from '../../os/net/http.ts'
import { withThreads } from '../../os/net/threads.ts'

/** Blocks until one of these signals comes; from then on it no longer kills. */
export function untilSignal(process: Process, ...signals: readonly Signal[]): Blocking<Signal> {
  return wait<Signal>((resume) => {
    for (const signal of signals) process.onSignal(signal, resume)
    return () => {}
  })
}

/**
 * Serves HTTP on some ports until a signal comes; connections are then cut, as when the process just ends.
 * @returns the signal, or the port that could not be listened on
 */
export function* serveUntilSignal(
  process: Process,
  servers: readonly HttpServerOptions[],
  signals: readonly Signal[],
  listening: (started: readonly HttpServer[]) => Blocking<void> = function* () {},
): Blocking<{ readonly signal: Signal } | { readonly taken: number }> {
  return yield* withThreads(function* (start) {
    const started: HttpServer[] = []
    for (const options of servers) {
      const before = started.length
      start(serveHttp(process, options, (server) => started.push(server)))
      if (started.length === before) return { taken: options.port }
    }
    yield* listening(started)
    return { signal: yield* untilSignal(process, ...signals) }
  })
}
