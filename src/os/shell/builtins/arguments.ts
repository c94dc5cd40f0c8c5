import type { Blocking } from '../../process.ts'
import { setVariable } from '../assignment.ts'
import { evaluateExpression } from '../expansion/arithmetic.ts'
import type { Shell } from '../shell.ts'

export function* shift(shell: Shell, argv: readonly string[]): Blocking<number> {
  const count = Number(argv[1] ?? 1)
  if (!Number.isInteger(count)) {
    yield* shell.complain(`shift: ${argv[1]}: numeric argument required`)
    return 1
  }
  if (count < 0) {
    yield* shell.complain(`shift: ${argv[1]}: shift count out of range`)
    return 1
  }
  if (count > shell.positional.length) {
    return 1
  }
  shell.positional = shell.positional.slice(count)
  return 0
}

export function* letArithmetic(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (argv.length === 1) {
    yield* shell.complain('let: expression expected')
    return 1
  }
  let value = 0n
  for (const text of argv.slice(1)) value = evaluateExpression(shell, text, 'let')
  return value === 0n ? 1 : 0
}

/** `getopts SPEC NAME [ARG]...`: the next option of the positional parameters. */
export function* getopts(shell: Shell, argv: readonly string[]): Blocking<number> {
  const [, spec, name, ...given] = argv
  if (spec === undefined || name === undefined) {
    yield* shell.error(`getopts: usage: getopts optstring name [arg ...]\n`)
    return 2
  }
  const args = given.length > 0 ? given : shell.positional
  const silent = spec.startsWith(':')
  let index = Number(shell.variables.get('OPTIND') ?? 1)
  if (index === 1 && shell.lastOptionIndex !== 1) shell.optionOffset = 1
  const argument = args[index - 1]
  const finish = function* (status: number, option: string, value?: string): Blocking<number> {
    shell.lastOptionIndex = index
    yield* setVariable(shell, 'OPTIND', String(index))
    yield* setVariable(shell, name, option)
    if (value === undefined) shell.variables.unset('OPTARG')
    else yield* setVariable(shell, 'OPTARG', value)
    return status
  }
  if (argument === undefined || !/^-./.test(argument) || argument === '--') {
    if (argument === '--') index++
    shell.optionOffset = 1
    return yield* finish(1, '?')
  }
  const letter = argument[shell.optionOffset++]!
  const place = letter === ':' ? -1 : spec.indexOf(letter)
  const atEnd = shell.optionOffset >= argument.length
  const advance = () => {
    index++
    shell.optionOffset = 1
  }
  if (place < 0) {
    if (atEnd) advance()
    if (!silent) yield* shell.error(`${shell.name}: illegal option -- ${letter}\n`)
    return yield* finish(0, '?', silent ? letter : undefined)
  }
  if (spec[place + 1] !== ':') {
    if (atEnd) advance()
    return yield* finish(0, letter)
  }
  const value = atEnd ? args[index] : argument.slice(shell.optionOffset)
  if (atEnd) index++
  advance()
  if (value !== undefined) return yield* finish(0, letter, value)
  index--
  if (silent) return yield* finish(0, ':', letter)
  yield* shell.error(`${shell.name}: option requires an argument -- ${letter}\n`)
  return yield* finish(0, '?')
}
