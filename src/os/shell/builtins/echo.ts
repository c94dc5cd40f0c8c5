import { SystemError } from '../../process.ts'
import type { Blocking } from '../../process.ts'
import { unescape } from '../../programs/echo.ts'
import { formatPrintf } from '../../programs/printf-format.ts'
import { setVariable } from '../assignment.ts'
import { quoteBackslash } from '../expansion/quote.ts'
import type { Shell } from '../shell.ts'
import { invalidOption } from './builtin.ts'

export function* echo(shell: Shell, argv: readonly string[]): Blocking<number> {
  let newline = true
  let escapes = shell.options.has('xpg_echo')
  let index = 1
  for (; /^-[neE]+$/.test(argv[index] ?? ''); index++) {
    for (const letter of argv[index]!.slice(1)) {
      if (letter === 'n') newline = false
      else escapes = letter === 'e'
    }
  }
  const text = argv.slice(index).join(' ')
  const { text: shown, stop } = escapes ? unescape(text) : { text, stop: false }
  return yield* output(shell, 'echo', `${shown}${newline && !stop ? '\n' : ''}`)
}

export function* printf(shell: Shell, argv: readonly string[]): Blocking<number> {
  let words = argv.slice(1)
  let variable: string | undefined
  if (words[0] === '-v' && shell.personality.kind === 'bash') {
    variable = words[1]
    words = words.slice(2)
  }
  if (words[0] === '--') words = words.slice(1)
  if (words[0]?.startsWith('-') && words[0].length > 1 && shell.personality.kind === 'bash') {
    return yield* invalidOption(shell, 'printf', words[0].slice(0, 2), 'printf [-v var] format [arguments]')
  }
  const [format, ...args] = words
  if (format === undefined) {
    yield* shell.error('printf: usage: printf [-v var] format [arguments]\n')
    return 2
  }
  const { text, problems } = formatPrintf(...quoted(format, args))
  let status = problems.length > 0 ? 1 : 0
  if (variable !== undefined) yield* setVariable(shell, variable, text)
  else status = (yield* output(shell, 'printf', text)) || status
  for (const problem of problems) yield* shell.complain(`printf: ${inBash(problem)}`)
  return status
}

/** bash's `%q` quotes with backslashes: done here, so that the directive becomes a plain `%s`. */
function quoted(format: string, args: readonly string[]): [string, readonly string[]] {
  if (!format.includes('%q')) return [format, args]
  const directives = format.match(/%%|%[^a-zA-Z%]*[a-zA-Z]/g)?.filter((directive) => directive !== '%%') ?? []
  const changed = args.map((argument, index) =>
    directives[index % directives.length]!.endsWith('q') ? quoteBackslash(argument) : argument,
  )
  const missing =
    args.length < directives.length &&
    directives.slice(args.length).some((directive) => directive.endsWith('q'))
  const plain = format.replace(/%%|%([^a-zA-Z%]*)q/g, (whole, flags?: string) =>
    whole === '%%' ? whole : `%${flags}s`,
  )
  return [plain, missing ? [...changed, "''"] : changed]
}

/** The builtin words the complaints of printf(1) in its own way. */
function inBash(problem: string): string {
  const number = /^'(.*)': (?:expected a numeric value|value not completely converted)$/.exec(problem)
  if (number) return `${number[1]}: invalid number`
  const conversion = /^%.*?(.): invalid conversion specification$/s.exec(problem)
  return conversion ? `\`${conversion[1]}': invalid format character` : problem
}

/** Writes, and complains as a builtin does when that fails. */
export function* output(shell: Shell, name: string, text: string): Blocking<number> {
  try {
    yield* shell.process.print(text)
    return 0
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.complain(`${name}: write error: ${error.message}`)
    return 1
  }
}
