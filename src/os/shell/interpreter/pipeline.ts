import type { CommandNode, Pipeline, PipelineNode, Statement, Subshell, AndOr } from 'unbash'
import { nullFile } from '../../open-file.ts'
import type { Blocking, OpenFile, Process, Program, Signal } from '../../process.ts'
import { ExitJump, Interrupt, LoopJump, ReturnJump } from '../control.ts'
import { SIGNAL_TEXTS, jobStatus } from '../jobs.ts'
import type { Job } from '../jobs.ts'
import type { Shell } from '../shell.ts'
import { execute, runList, runTolerated } from './execute.ts'
import { forked } from './fork.ts'
import { execCommand } from './simple-command.ts'

type Node = CommandNode | PipelineNode | AndOr

/** `a | b`: each stage a process of its own, all at once, text streaming between them. */
export function* runPipeline(shell: Shell, node: Pipeline): Blocking<number> {
  const started = { nowMs: shell.process.now() }
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1
  let status = 0
  if (node.commands.length === 1) {
    status = yield* negated ? runTolerated(shell, node.commands[0]!) : execute(shell, node.commands[0]!)
    shell.pipeStatus = [status]
  } else if (node.commands.length > 1) {
    const text = shell.source.text.slice(node.pos, node.end)
    const { processes, group } = yield* startStages(shell, node)
    status = yield* waitForeground(shell, shell.jobs.add(processes, group, text))
  }
  const timed = node.prefixes.find((prefix) => prefix.type === 'Time')
  if (timed) yield* shell.error(timeReport(shell.process.now() - started.nowMs, timed.posix !== undefined))
  return negated ? Number(status === 0) : status
}

function* startStages(shell: Shell, node: Pipeline): Blocking<{ processes: Process[]; group: number }> {
  const { process } = shell
  const processes: Process[] = []
  let input: OpenFile | undefined
  for (const [index, command] of node.commands.entries()) {
    const files = new Map(process.files)
    if (input) files.set(0, input)
    const pipe = index < node.commands.length - 1 ? process.pipe() : undefined
    if (pipe) files.set(1, pipe.writer)
    if (pipe && node.operators[index] === '|&') files.set(2, pipe.writer)
    processes.push(yield* startSubshell(shell, stageBody(command), { files, group: processes[0]?.pid ?? 0 }))
    input = pipe?.reader
  }
  return { processes, group: shell.jobControl ? processes[0]!.pid : process.processGroup }
}

/** A stage that is nothing but a program becomes that program; anything else is run by the subshell. */
function stageBody(node: Node): (shell: Shell) => Blocking<number> {
  if (node.type === 'Command') return (shell) => execCommand(shell, node)
  if (node.type === 'Subshell') return (shell) => runList(shell, node.body)
  return (shell) => execute(shell, node)
}

/** `( list )`. */
export function* runSubshell(shell: Shell, node: Subshell): Blocking<number> {
  const child = yield* startSubshell(shell, (subshell) => runList(subshell, node.body), { group: 0 })
  const text = shell.source.text.slice(node.pos, node.end)
  const group = shell.jobControl ? child.pid : shell.process.processGroup
  return yield* waitForeground(shell, shell.jobs.add([child], group, text))
}

/** `list &`. @returns 0 at once */
export function* runInBackground(shell: Shell, statement: Statement): Blocking<number> {
  yield* shell.checkpoint(statement.pos)
  const files = new Map(shell.process.files)
  if (!shell.jobControl) files.set(0, nullFile())
  const { command } = statement
  const text = shell.source.text.slice(statement.pos, statement.end).replace(/\s*&\s*$/, '')
  let processes: Process[]
  if (command.type === 'Pipeline' && command.commands.length > 1 && command.prefixes.length === 0) {
    processes = (yield* startStages(shell, command)).processes
  } else processes = [yield* startSubshell(shell, stageBody(command), { files, group: 0, background: true })]
  const group = shell.jobControl ? processes[0]!.pid : shell.process.processGroup
  const job = shell.jobs.add(processes, group, text)
  shell.lastBackgroundPid = processes.at(-1)!.pid
  if (shell.interactive) yield* shell.error(`[${job.id}] ${shell.lastBackgroundPid}\n`)
  return 0
}

interface SubshellOptions {
  readonly files?: ReadonlyMap<number, OpenFile>
  /** The group to join where there is job control; 0 begins one. */
  readonly group: number
  readonly background?: boolean
}

/** Starts a child that runs `body` with a copy of the shell. */
export function* startSubshell(
  shell: Shell,
  body: (subshell: Shell) => Blocking<number>,
  options: SubshellOptions,
): Blocking<Process> {
  const { process } = shell
  // The kernel calls this at once, so the copy is made now; only its running comes later.
  const program: Program = (child) => runSubshellBody(shell.fork(child), body)
  const ignored = [...shell.traps.actions].flatMap(([event, action]) =>
    action === '' && event.startsWith('SIG') ? [event] : [],
  )
  const quiet = options.background && !shell.jobControl ? ['SIGINT', 'SIGQUIT'] : []
  return yield* forked(shell, () =>
    process.spawn(program, {
      argv: process.argv,
      files: options.files ?? new Map(process.files),
      processGroup: shell.jobControl ? options.group : process.processGroup,
      ignoring: [...ignored, ...quiet] as Signal[],
    }),
  )
}

function* runSubshellBody(shell: Shell, body: (subshell: Shell) => Blocking<number>): Blocking<number> {
  let status: number
  try {
    status = yield* body(shell)
  } catch (jump) {
    if (jump instanceof ExitJump || jump instanceof ReturnJump) status = jump.status
    else if (jump instanceof LoopJump) status = 0
    else if (jump instanceof Interrupt) status = 130
    else throw jump
  }
  shell.status = status
  return yield* endShell(shell)
}

/** The last thing a shell does: its EXIT trap. @returns the status to end with */
export function* endShell(shell: Shell): Blocking<number> {
  if (!shell.traps.actions.has('EXIT')) return shell.status
  const { status } = shell
  try {
    yield* shell.traps.fire('EXIT')
  } catch (jump) {
    if (jump instanceof ExitJump) return jump.status
    throw jump
  }
  return status
}

/** Lends the terminal to a job and waits until it ends or is stopped. @returns its status */
export function* waitForeground(shell: Shell, job: Job): Blocking<number> {
  const terminal = shell.jobControl ? shell.process.files.get(0)?.terminal : undefined
  if (terminal) terminal.foregroundGroup = job.processGroup
  yield* shell.jobs.waitFor(job)
  if (terminal) terminal.foregroundGroup = shell.process.processGroup
  const statuses = job.processes.map(({ pid }) => job.ended.get(pid)?.code ?? 0)
  const status = shell.options.has('pipefail')
    ? (statuses.findLast((code) => code !== 0) ?? 0)
    : jobStatus(job)
  shell.pipeStatus = statuses
  if (job.stopped) {
    job.reported = true
    yield* shell.error(`\n${shell.jobs.line(job)}`)
    return jobStatus(job)
  }
  shell.jobs.remove(job)
  yield* tellOfDeath(shell, job)
  return status
}

/** What a shell says of a foreground job that a signal killed. */
function* tellOfDeath(shell: Shell, job: Job): Blocking<void> {
  const { signal } = job.ended.get(job.processes.at(-1)!.pid) ?? {}
  if (!signal || signal === 'SIGPIPE') return
  if (signal === 'SIGINT') {
    if (shell.interactive) throw new Interrupt()
    return
  }
  const text = SIGNAL_TEXTS[signal] ?? signal
  if (shell.interactive || shell.personality.kind === 'ash') yield* shell.error(`${text}\n`)
  else
    yield* shell.complain(`${String(job.processes.at(-1)!.pid).padStart(5)} ${text.padEnd(23)} ${job.text}`)
}

/** What the `time` keyword prints. All time is taken for real time: the processor is not modelled. */
function timeReport(ms: number, posix: boolean): string {
  const seconds = ms / 1000
  if (posix) return `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
  const real = `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`
  return `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`
}
