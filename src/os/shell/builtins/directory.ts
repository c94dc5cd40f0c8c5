import { resolvePath } from '../../path.ts'
import { STRERROR } from '../../process.ts'
import type { Blocking } from '../../process.ts'
import type { Shell } from '../shell.ts'
import { parseFlags, invalidOption } from './builtin.ts'

export function* cd(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { operands, unknown } = parseFlags(argv, 'LPe@')
  const { variables, process, personality } = shell
  const bash = personality.kind === 'bash'
  if (unknown) return yield* invalidOption(shell, 'cd', unknown, 'cd [-L|[-P [-e]] [-@]] [dir]')
  if (operands.length > 1 && bash) {
    yield* shell.complain('cd: too many arguments')
    return 1
  }
  const [target = variables.get('HOME')] = operands
  const destination = target === '-' ? variables.get('OLDPWD') : target
  if (destination === undefined) {
    yield* shell.complain(`cd: ${target === '-' ? 'OLDPWD' : 'HOME'} not set`)
    return 1
  }
  const path = resolvePath(process.cwd, destination === '' ? '.' : destination)
  const status = process.machine.files.stat(path)
  if (status?.type !== 'directory') {
    const reason = STRERROR[status ? 'ENOTDIR' : 'ENOENT']!
    yield* shell.complain(
      bash ? `cd: ${destination}: ${reason}` : `cd: can't cd to ${destination}: ${reason}`,
    )
    return bash ? 1 : 2
  }
  variables.set('OLDPWD', variables.get('PWD') ?? process.cwd)
  variables.set('PWD', path)
  if (bash) variables.mark('OLDPWD', { exported: true })
  process.cwd = path
  if (target === '-') yield* process.print(`${path}\n`)
  return 0
}

export function* pwd(shell: Shell): Blocking<number> {
  yield* shell.process.print(`${shell.process.cwd}\n`)
  return 0
}
