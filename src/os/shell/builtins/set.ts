import type { Blocking } from '../../process.ts'
import { quoteIfNeeded } from '../expansion/quote.ts'
import { FLAG_LETTERS } from '../shell.ts'
import type { Shell } from '../shell.ts'
import { parseFlags } from './builtin.ts'

const OPTION_NAMES: readonly string[] = [
  'allexport', 'braceexpand', 'emacs', 'errexit', 'errtrace', 'functrace', 'hashall', 'histexpand', 'history', 'ignoreeof',
  'interactive-comments', 'keyword', 'monitor', 'noclobber', 'noexec', 'noglob', 'nolog', 'notify', 'nounset', 'onecmd',
  'physical', 'pipefail', 'posix', 'privileged', 'verbose', 'vi', 'xtrace',
] // prettier-ignore

/** `set [-abefhkmnptuvxBCEHPT] [-o NAME] [--] [ARG]...` */
export function* set(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (argv.length === 1) return yield* listVariables(shell)
  let index = 1
  for (; index < argv.length; index++) {
    const word = argv[index]!
    if (word === '--' || word === '-') {
      if (word === '--' || index + 1 < argv.length) shell.positional = argv.slice(index + 1)
      return 0
    }
    if (!/^[-+]./.test(word)) break
    const on = word.startsWith('-')
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        const name = argv[++index]
        if (name === undefined) return yield* listOptions(shell, on)
        if (!OPTION_NAMES.includes(name)) return yield* invalid(shell, name, 'option name')
        toggle(shell, name, on)
      } else {
        const name = FLAG_LETTERS.get(letter)
        if (!name) return yield* invalid(shell, `${word[0]}${letter}`, 'option')
        toggle(shell, name, on)
      }
    }
  }
  if (index < argv.length) shell.positional = argv.slice(index)
  return 0
}

function toggle(shell: Shell, name: string, on: boolean): void {
  if (on) shell.options.add(name)
  else shell.options.delete(name)
  if (name === 'allexport') shell.variables.exportsAll = on
}

function* invalid(shell: Shell, text: string, what: string): Blocking<number> {
  if (shell.personality.kind === 'ash') yield* shell.complain(`set: illegal option ${text}`)
  else yield* shell.complain(`set: ${text}: invalid ${what}`)
  if (what === 'option')
    yield* shell.error('set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n')
  return what === 'option' ? 2 : 2
}

function* listOptions(shell: Shell, readable: boolean): Blocking<number> {
  for (const name of OPTION_NAMES) {
    const on = shell.options.has(name)
    yield* shell.process.print(
      readable ? `${name.padEnd(15)}\t${on ? 'on' : 'off'}\n` : `set ${on ? '-' : '+'}o ${name}\n`,
    )
  }
  return 0
}

function* listVariables(shell: Shell): Blocking<number> {
  const lines: string[] = []
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name)!
    if (variable.elements) {
      const elements = [...variable.elements].map(([key, value]) => `[${key}]="${value}"`)
      lines.push(`${name}=(${elements.join(' ')})`)
    } else {
      const value = shell.variables.get(name)
      if (value !== undefined) lines.push(`${name}=${value === '' ? '' : quoteIfNeeded(value)}`)
    }
  }
  yield* shell.process.print(lines.map((line) => `${line}\n`).join(''))
  return 0
}

const SHELL_OPTIONS: readonly string[] = [
  'dotglob', 'expand_aliases', 'extglob', 'failglob', 'globstar', 'histappend', 'inherit_errexit', 'lastpipe', 'nocaseglob',
  'nocasematch', 'nullglob', 'xpg_echo', 'checkwinsize', 'cmdhist',
] // prettier-ignore

/** `shopt [-su] [NAME]...`: of these only expand_aliases, nullglob and xpg_echo change what the shell does. */
export function* shopt(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'suqpo')
  let status = 0
  for (const name of operands) {
    if (!SHELL_OPTIONS.includes(name) && !OPTION_NAMES.includes(name)) {
      yield* shell.complain(`shopt: ${name}: invalid shell option name`)
      status = 1
    } else if (flags.has('s') || flags.has('u')) toggle(shell, name, flags.has('s'))
    else {
      const on = shell.options.has(name)
      if (!flags.has('q')) yield* shell.process.print(`${name.padEnd(15)}\t${on ? 'on' : 'off'}\n`)
      if (!on) status = 1
    }
  }
  if (operands.length === 0) {
    for (const name of SHELL_OPTIONS)
      yield* shell.process.print(`${name.padEnd(15)}\t${shell.options.has(name) ? 'on' : 'off'}\n`)
  }
  return status
}
