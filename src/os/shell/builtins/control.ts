import { resolvePath } from '../../path.ts'
import { SystemError } from '../../process.ts'
import type { Blocking } from '../../process.ts'
import { ExitJump, LoopJump, ReturnJump } from '../control.ts'
import { runText } from '../interpreter/run-text.ts'
import { become } from '../interpreter/simple-command.ts'
import type { Shell } from '../shell.ts'
import { parseFlags } from './builtin.ts'
/* eslint-disable require-yield */

export function* colon(): Blocking<number> {
  return 0
}

export function* truth(): Blocking<number> {
  return 0
}

export function* falsehood(): Blocking<number> {
  return 1
}

export function* breakLoop(shell: Shell, argv: readonly string[]): Blocking<number> {
  return yield* leaveLoop(shell, argv, 'break')
}

export function* continueLoop(shell: Shell, argv: readonly string[]): Blocking<number> {
  return yield* leaveLoop(shell, argv, 'continue')
}

function* leaveLoop(shell: Shell, argv: readonly string[], kind: 'break' | 'continue'): Blocking<number> {
  if (shell.loopDepth === 0) {
    if (shell.personality.kind === 'bash') {
      yield* shell.complain(`${kind}: only meaningful in a \`for', \`while', or \`until' loop`)
    }
    return 0
  }
  const levels = Number(argv[1] ?? 1)
  if (!Number.isInteger(levels)) {
    yield* shell.complain(`${kind}: ${argv[1]}: numeric argument required`)
    throw new ExitJump(128)
  }
  if (levels < 1) {
    yield* shell.complain(`${kind}: ${argv[1]}: loop count out of range`)
    throw new LoopJump('break', shell.loopDepth)
  }
  throw new LoopJump(kind, Math.min(levels, shell.loopDepth))
}

export function* returnFrom(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
    if (shell.personality.kind === 'ash') throw new ExitJump(Number(argv[1] ?? shell.status))
    yield* shell.complain("return: can only `return' from a function or sourced script")
    return 2
  }
  throw new ReturnJump(yield* statusArgument(shell, argv, 'return'))
}

export function* exit(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (shell.interactive && shell.personality.kind === 'bash') {
    yield* shell.error(`${shell.farewell}\n`)
    if (shell.jobs.all.some((job) => job.stopped) && !shell.warnedOfJobs) {
      shell.warnedOfJobs = true
      yield* shell.error('There are stopped jobs.\n')
      return 1
    }
  }
  throw new ExitJump(yield* statusArgument(shell, argv, 'exit'))
}

function* statusArgument(shell: Shell, argv: readonly string[], name: string): Blocking<number> {
  const [, text] = argv
  if (text === undefined) return shell.status
  if (/^-?\d+$/.test(text)) return Number(text) & 255
  if (shell.personality.kind === 'ash') {
    yield* shell.complain(`${name}: Illegal number: ${text}`)
    if (shell.from !== 'interactive') throw new ExitJump(2)
  } else yield* shell.complain(`${name}: ${text}: numeric argument required`)
  return 2
}

export function* evaluate(shell: Shell, argv: readonly string[]): Blocking<number> {
  return yield* runText(shell, argv.slice(1).join(' '), { label: 'eval' })
}

/** `exec`: without a command, only its redirections matter, and the interpreter has made them. */
export function* exec(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { operands } = parseFlags(argv, 'cla:')
  if (operands.length === 0) return 0
  const status = yield* become(shell, operands, shell.variables.environment())
  if (shell.interactive) return status
  throw new ExitJump(status)
}

/** `.` and `source`: runs a file in this shell. */
export function* source(shell: Shell, argv: readonly string[]): Blocking<number> {
  const [name, path, ...args] = argv
  const bash = shell.personality.kind === 'bash'
  if (path === undefined) {
    yield* shell.complain(`${name}: filename argument required`)
    if (bash) yield* shell.error(`${name}: usage: ${name} filename [arguments]\n`)
    return 2
  }
  const found = findSource(shell, path)
  let text: string
  try {
    text = shell.process.machine.files.read(found)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const message = error.code === 'EISDIR' ? 'is a directory' : error.message
    if (!bash && !path.includes('/')) yield* shell.complain(`${name}: ${path}: not found`)
    else
      yield* shell.complain(
        bash
          ? `${error.code === 'EISDIR' ? `${name}: ` : ''}${path}: ${message}`
          : `${name}: can't open '${path}': ${error.message}`,
      )
    if (!bash && !shell.interactive) throw new ExitJump(2)
    return 1
  }
  const { positional } = shell
  if (args.length > 0) shell.positional = args
  shell.sourceDepth++
  try {
    return yield* runText(shell, text, { firstLine: 1 })
  } catch (jump) {
    if (jump instanceof ReturnJump) return jump.status
    throw jump
  } finally {
    shell.sourceDepth--
    if (args.length > 0) shell.positional = positional
  }
}

/** A name without a slash is looked for along PATH, then in the working directory. */
function findSource(shell: Shell, path: string): string {
  const { process } = shell
  const here = resolvePath(process.cwd, path)
  if (path.includes('/')) return here
  const directories = (shell.variables.get('PATH') ?? '').split(':')
  const candidates = directories.map((directory) => resolvePath(process.cwd, `${directory}/${path}`))
  return candidates.find((candidate) => process.machine.files.stat(candidate)?.type === 'file') ?? here
}
