import { wait, type Process, type Program } from '../os/index.ts'

/**
 * A component of the cluster as process 1 of a container: it runs as long as the process does, and is stopped by
 * whatever ends it.
 * @param start returns how to stop it, or an exit code when it cannot run
 */
export function componentProgram(start: (process: Process) => (() => void) | number): Program {
  return function* (process) {
    const stop = start(process)
    if (typeof stop === 'number') return stop
    try {
      yield* wait<void>((resume) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => resume())
        return () => {}
      })
      return 0
    } finally {
      stop()
    }
  }
}
