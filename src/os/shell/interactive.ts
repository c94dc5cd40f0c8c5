import type { Blocking } from '../process.ts'
import type { Shell } from './shell.ts'

/** placeholder until the line editor is in */
export function* runInteractive(shell: Shell): Blocking<number> {
  yield* shell.process.compute()
  return 0
}
