import type { Blocking } from '../../process.ts'
import { BUILTINS } from './index.ts'
import { runProgram } from '../interpreter/simple-command.ts'
import type { Shell } from '../shell.ts'
import { invalidOption, parseFlags } from './builtin.ts'

const KEYWORDS: ReadonlySet<string> = new Set(
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]]'.split(' '),
)

/** What a name means to the shell. */
type Meaning =
  | { readonly kind: 'alias'; readonly value: string }
  | { readonly kind: 'keyword' | 'builtin' }
  | { readonly kind: 'function'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly hashed: boolean }

function meaningOf(shell: Shell, name: string): Meaning | undefined {
  const alias = shell.aliases.get(name)
  if (alias !== undefined) return { kind: 'alias', value: alias }
  if (KEYWORDS.has(name)) return { kind: 'keyword' }
  const defined = shell.functions.get(name)
  if (defined) return { kind: 'function', text: defined.text }
  const builtin = BUILTINS.get(name)
  if (builtin && (!builtin.only || builtin.only === shell.personality.kind)) return { kind: 'builtin' }
  const path = shell.findCommand(name)
  return path === undefined
    ? undefined
    : { kind: 'file', path: name.includes('/') ? name : path, hashed: shell.hash.has(name) }
}

export function* type(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'tpaPf')
  let status = 0
  for (const name of operands) {
    const meaning = meaningOf(shell, name)
    if (!meaning) {
      if (!flags.has('t') && !flags.has('p') && !flags.has('P')) {
        if (shell.personality.kind === 'ash') yield* shell.process.print(`${name}: not found\n`)
        else yield* shell.complain(`type: ${name}: not found`)
      }
      status = shell.personality.kind === 'ash' ? 127 : 1
    } else if (flags.has('t')) yield* shell.process.print(`${meaning.kind}\n`)
    else if (flags.has('p') || flags.has('P')) {
      if (meaning.kind === 'file') yield* shell.process.print(`${meaning.path}\n`)
    } else yield* shell.process.print(`${describe(shell, name, meaning)}\n`)
  }
  return status
}

function describe(shell: Shell, name: string, meaning: Meaning): string {
  const ash = shell.personality.kind === 'ash'
  switch (meaning.kind) {
    case 'alias':
      return ash ? `${name} is an alias for ${meaning.value}` : `${name} is aliased to \`${meaning.value}'`
    case 'keyword':
      return `${name} is a shell keyword`
    case 'builtin':
      return ash && BUILTINS.get(name)?.special
        ? `${name} is a special shell builtin`
        : `${name} is a shell builtin`
    case 'function':
      return ash ? `${name} is a function` : `${name} is a function\n${meaning.text}`
    case 'file':
      return meaning.hashed && !ash ? `${name} is hashed (${meaning.path})` : `${name} is ${meaning.path}`
  }
}

export function* command(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands, unknown } = parseFlags(argv, 'pvV')
  if (unknown) return yield* invalidOption(shell, 'command', unknown, 'command [-pVv] command [arg ...]')
  const [name] = operands
  if (name === undefined) return 0
  if (flags.has('v') || flags.has('V')) return yield* tell(shell, operands, flags.has('V'))
  const builtin = BUILTINS.get(name)
  if (builtin && (!builtin.only || builtin.only === shell.personality.kind))
    return yield* builtin.run(shell, operands)
  return yield* runProgram(shell, operands, shell.variables.environment(), [], operands.join(' '))
}

function* tell(shell: Shell, names: readonly string[], verbose: boolean): Blocking<number> {
  let status = 0
  for (const name of names) {
    const meaning = meaningOf(shell, name)
    if (!meaning) {
      if (verbose && shell.personality.kind === 'bash') yield* shell.complain(`command: ${name}: not found`)
      else if (verbose) yield* shell.process.print(`${name}: not found\n`)
      status = shell.personality.kind === 'ash' ? 127 : 1
    } else if (verbose) yield* shell.process.print(`${describe(shell, name, meaning)}\n`)
    else if (meaning.kind === 'alias') yield* shell.process.print(`alias ${name}='${meaning.value}'\n`)
    else yield* shell.process.print(`${meaning.kind === 'file' ? meaning.path : name}\n`)
  }
  return status
}

export function* builtin(shell: Shell, argv: readonly string[]): Blocking<number> {
  const [, name] = argv
  if (name === undefined) return 0
  const found = BUILTINS.get(name)
  if (found) return yield* found.run(shell, argv.slice(1))
  yield* shell.complain(`builtin: ${name}: not a shell builtin`)
  return 1
}

export function* hash(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'rdlpt')
  if (flags.has('r')) shell.hash.clear()
  let status = 0
  for (const name of operands) {
    const path = shell.findCommand(name)
    if (path !== undefined) shell.hash.set(name, { path, hits: 0 })
    else {
      yield* shell.complain(`hash: ${name}: not found`)
      status = 1
    }
  }
  if (operands.length > 0 || flags.has('r')) return status
  if (shell.hash.size === 0) {
    if (shell.personality.kind === 'bash') yield* shell.process.print('hash: hash table empty\n')
    return 0
  }
  yield* shell.process.print('hits\tcommand\n')
  for (const { path, hits } of shell.hash.values())
    yield* shell.process.print(`${String(hits).padStart(4)}\t${path}\n`)
  return 0
}
