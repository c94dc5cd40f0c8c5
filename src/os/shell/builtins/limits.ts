import type { Blocking } from '../../process.ts'
import type { Shell } from '../shell.ts'

/** Shows the mask; files are made with mode 0644 whatever it is, since one user owns everything. */
export function* umask(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (argv.length === 1) yield* shell.process.print('0022\n')
  return 0
}

/** Nothing is limited. */
export function* ulimit(shell: Shell, argv: readonly string[]): Blocking<number> {
  const shows = !argv.slice(1).some((word) => /^(\d+|unlimited)$/.test(word))
  if (shows) yield* shell.process.print('unlimited\n')
  return 0
}
