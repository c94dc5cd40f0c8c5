import type { Blocking } from '../../process.ts'
import type { Shell } from '../shell.ts'

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

export function* alias(shell: Shell, argv: readonly string[]): Blocking<number> {
  const prefix = shell.personality.kind === 'bash' ? 'alias ' : ''
  const line = (name: string) => `${prefix}${name}=${quote(shell.aliases.get(name)!)}\n`
  const operands = argv.slice(1).filter((word) => word !== '-p')
  if (operands.length === 0) {
    for (const name of [...shell.aliases.keys()].sort()) yield* shell.process.print(line(name))
  }
  let status = 0
  for (const operand of operands) {
    const equals = operand.indexOf('=')
    if (equals > 0) shell.aliases.set(operand.slice(0, equals), operand.slice(equals + 1))
    else if (shell.aliases.has(operand)) yield* shell.process.print(line(operand))
    else {
      yield* notFound(shell, 'alias', operand)
      status = 1
    }
  }
  return status
}

export function* unalias(shell: Shell, argv: readonly string[]): Blocking<number> {
  let status = 0
  for (const name of argv.slice(1)) {
    if (name === '-a') shell.aliases.clear()
    else if (!shell.aliases.delete(name)) {
      yield* notFound(shell, 'unalias', name)
      status = 1
    }
  }
  return status
}

/** busybox says it without the shell's name in front. */
function* notFound(shell: Shell, command: string, name: string): Blocking<void> {
  if (shell.personality.kind === 'ash') yield* shell.error(`${command}: ${name} not found\n`)
  else yield* shell.complain(`${command}: ${name}: not found`)
}
