import type { Blocking } from '../../process.ts'
import type { Shell } from '../shell.ts'

export function* history(shell: Shell, argv: readonly string[]): Blocking<number> {
  const [, argument] = argv
  if (argument === '-c') {
    shell.history.length = 0
    return 0
  }
  if (argument !== undefined && !/^\d+$/.test(argument)) {
    yield* shell.complain(`history: ${argument}: numeric argument required`)
    return 1
  }
  const from = argument === undefined ? 0 : Math.max(0, shell.history.length - Number(argument))
  for (const [index, line] of shell.history.entries()) {
    if (index >= from) yield* shell.process.print(`${String(index + 1).padStart(5)}  ${line}\n`)
  }
  return 0
}
