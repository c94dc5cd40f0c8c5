import type { Blocking } from '../../process.ts'
import { ExitJump } from '../control.ts'
import type { Shell } from '../shell.ts'

/** A command that the shell carries out itself. */
export interface Builtin {
  /** @param argv the name first. @returns the exit status */
  run(shell: Shell, argv: readonly string[]): Blocking<number>
  /** One of the two shells does not have it. */
  readonly only?: 'bash' | 'ash'
  /** POSIX's special builtins: assignments in front of them stay. */
  readonly special?: boolean
  /** Redirections stay (`exec`). */
  readonly keepsRedirections?: boolean
}

/** Splits the options off. `letters` as getopt's: a colon after those that take a value. */
export function parseFlags(
  argv: readonly string[],
  letters: string,
): { flags: Map<string, string>; operands: string[]; unknown: string | undefined } {
  const flags = new Map<string, string>()
  let index = 1
  for (; index < argv.length; index++) {
    const argument = argv[index]!
    if (argument === '--') return { flags, operands: argv.slice(index + 1), unknown: undefined }
    if (!/^-./.test(argument)) break
    for (let at = 1; at < argument.length; at++) {
      const letter = argument[at]!
      const place = letter === ':' ? -1 : letters.indexOf(letter)
      if (place < 0) return { flags, operands: argv.slice(index), unknown: `-${letter}` }
      if (letters[place + 1] !== ':') flags.set(letter, '')
      else {
        flags.set(letter, argument.slice(at + 1) || (argv[++index] ?? ''))
        break
      }
    }
  }
  return { flags, operands: argv.slice(index), unknown: undefined }
}

/** `name: -z: invalid option`, and the usage line. @returns 2 */
export function* invalidOption(shell: Shell, name: string, option: string, usage: string): Blocking<number> {
  if (shell.personality.kind === 'ash') {
    yield* shell.complain(`${name}: illegal option ${option}`)
    if (shell.from !== 'interactive') throw new ExitJump(2)
    return 2
  }
  yield* shell.complain(`${name}: ${option}: invalid option`)
  yield* shell.error(`${name}: usage: ${usage}\n`)
  return 2
}
