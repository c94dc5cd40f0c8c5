import type { CommandNode, CompoundList, PipelineNode, Statement, AndOr } from 'unbash'
import type { Blocking } from '../../process.ts'
import { ExitJump, LoopJump, ReturnJump, ShellFailure } from '../control.ts'
import type { Shell } from '../shell.ts'
import { ReadonlyError } from '../variables.ts'
import {
  runArithmeticCommand,
  runArithmeticFor,
  runCase,
  runFor,
  runIf,
  runSelect,
  runWhile,
} from './compound.ts'
import { runConditional } from './conditional.ts'
import { runInBackground, runPipeline, runSubshell } from './pipeline.ts'
import { withRedirections } from './redirect.ts'
import { runCommand } from './simple-command.ts'

type Node = CommandNode | PipelineNode | AndOr | CompoundList

/** How each kind of command is run. Each gives the status, which `execute` puts into `$?`. */
const RUNNERS: {
  readonly [Type in Node['type']]: (shell: Shell, node: Extract<Node, { type: Type }>) => Blocking<number>
} = {
  Command: runCommand,
  Pipeline: runPipeline,
  AndOr: runAndOr,
  CompoundList: runList,
  BraceGroup: (shell, node) => runList(shell, node.body),
  Subshell: runSubshell,
  Redirected: (shell, node) => withRedirections(shell, node.redirects, () => execute(shell, node.command)),
  If: runIf,
  For: runFor,
  ArithmeticFor: runArithmeticFor,
  Select: runSelect,
  While: runWhile,
  Case: runCase,
  TestCommand: runConditional,
  ArithmeticCommand: runArithmeticCommand,
  Function: defineFunction,
  Coproc: function* (shell) {
    yield* shell.complain('coproc: not supported')
    return 1
  },
}

/** Commands whose failure is for `set -e` and the ERR trap to see; the others only pass a status on. */
const FAILING: ReadonlySet<string> = new Set([
  'Command',
  'Pipeline',
  'Subshell',
  'TestCommand',
  'ArithmeticCommand',
  'Redirected',
])

/** Runs any node and leaves its status in `$?`. */
export function* execute(shell: Shell, node: Node): Blocking<number> {
  yield* shell.checkpoint(node.pos)
  let status: number
  try {
    status = yield* (RUNNERS[node.type] as (shell: Shell, node: Node) => Blocking<number>)(shell, node)
  } catch (error) {
    const failure = error instanceof ReadonlyError ? readonlyFailure(shell, error) : error
    if (!(failure instanceof ShellFailure)) throw failure
    if (failure.message !== '') yield* shell.complain(failure.message)
    if (failure.discard && shell.from !== 'interactive') throw new ExitJump(failure.status)
    status = failure.status
  }
  shell.status = status
  if (node.type !== 'Pipeline') shell.pipeStatus = [status]
  const negated = node.type === 'Pipeline' && node.prefixes.some((prefix) => prefix.type === 'Negation')
  if (status !== 0 && shell.tolerated === 0 && FAILING.has(node.type) && !negated)
    yield* failed(shell, status)
  return status
}

/** Readonly variables end a script of busybox with status 2, one of bash with 1. */
function readonlyFailure(shell: Shell, { variable }: ReadonlyError): ShellFailure {
  if (shell.personality.kind === 'ash') return new ShellFailure(`${variable}: is read only`, { status: 2 })
  return new ShellFailure(`${variable}: readonly variable`)
}

export function* executeStatement(shell: Shell, statement: Statement): Blocking<number> {
  if (statement.background) return (shell.status = yield* runInBackground(shell, statement))
  return yield* execute(shell, statement.command)
}

export function* runList(shell: Shell, list: CompoundList): Blocking<number> {
  let status = 0
  for (const statement of list.commands) status = yield* executeStatement(shell, statement)
  return status
}

/** Runs a node as a condition: its failure is an answer, not an error. */
export function* runTolerated(shell: Shell, node: Node): Blocking<number> {
  shell.tolerated++
  try {
    return yield* execute(shell, node)
  } finally {
    shell.tolerated--
  }
}

function* failed(shell: Shell, status: number): Blocking<void> {
  yield* shell.traps.fire('ERR')
  if (shell.options.has('errexit')) throw new ExitJump(status)
}

function* runAndOr(shell: Shell, node: AndOr): Blocking<number> {
  const last = node.commands.length - 1
  let status = 0
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1]
    if (operator && (operator === '&&') !== (status === 0)) continue
    status = index < last ? yield* runTolerated(shell, command) : yield* execute(shell, command)
  }
  return status
}

// eslint-disable-next-line require-yield
function* defineFunction(shell: Shell, node: Extract<Node, { type: 'Function' }>): Blocking<number> {
  const text = shell.source.text.slice(node.pos, node.end)
  shell.functions.set(node.name.value, { body: node.body, source: shell.source, text })
  return 0
}

/** Runs a function's body with its own positional parameters and local variables. */
export function* callFunction(shell: Shell, name: string, args: readonly string[]): Blocking<number> {
  const definition = shell.functions.get(name)!
  const outer = {
    positional: shell.positional,
    source: shell.source,
    position: shell.position,
    loopDepth: shell.loopDepth,
    functionNames: shell.functionNames,
  }
  if (shell.functionDepth >= MAX_FUNCTION_DEPTH) {
    yield* shell.complain(`${name}: maximum function nesting level exceeded (${MAX_FUNCTION_DEPTH})`)
    return 1
  }
  shell.positional = args
  shell.source = definition.source
  shell.loopDepth = 0
  shell.functionNames = [name, ...shell.functionNames]
  shell.functionDepth++
  shell.variables.pushScope()
  try {
    return yield* execute(shell, definition.body)
  } catch (jump) {
    if (jump instanceof ReturnJump) return jump.status
    throw jump
  } finally {
    shell.variables.popScope()
    shell.functionDepth--
    Object.assign(shell, outer)
  }
}

/** Generators nest on the stack of the host; a real bash dies of a full stack somewhat later. */
const MAX_FUNCTION_DEPTH = 500

/** Runs a loop's body once. @returns what the loop is to do next */
export function* runLoopBody(shell: Shell, body: CompoundList): Blocking<'go on' | 'stop'> {
  shell.loopDepth++
  try {
    yield* runList(shell, body)
    return 'go on'
  } catch (jump) {
    if (!(jump instanceof LoopJump)) throw jump
    if (--jump.levels > 0 && shell.loopDepth > 1) throw jump
    shell.status = 0
    return jump.kind === 'continue' ? 'go on' : 'stop'
  } finally {
    shell.loopDepth--
  }
}
