import { SystemError } from '../../process.ts'
import type { Blocking, Process } from '../../process.ts'
import { ExitJump, Interrupt } from '../control.ts'
import type { Shell } from '../shell.ts'

/** Bash waits 1, 2, 4 and 8 seconds for room in the process table. */
const PATIENCE_MS = 16_000

/** Starts a child by `spawn`, as patient as the shell is when the process table is full; then the command line ends. */
export function* forked(shell: Shell, spawn: () => Process): Blocking<Process> {
  for (let waitMs = 1000; ; waitMs *= 2) {
    try {
      return spawn()
    } catch (error) {
      if (!(error instanceof SystemError && error.code === 'EAGAIN')) throw error
      if (shell.personality.kind === 'ash') {
        yield* shell.complain(`can't fork: ${error.message}`)
        throw shell.interactive ? new Interrupt() : new ExitJump(2)
      }
      if (waitMs >= PATIENCE_MS) {
        yield* shell.complain(`fork: ${error.message}`)
        throw shell.interactive ? new Interrupt() : new ExitJump(254)
      }
      yield* shell.complain(`fork: retry: ${error.message}`)
      yield* shell.process.sleep(waitMs)
    }
  }
}
