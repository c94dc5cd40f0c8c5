import { SystemError } from '../process.ts'
import type { Blocking, Terminal } from '../process.ts'
import { CommandReader } from './command-reader.ts'
import { Interrupt, LoopJump, ReturnJump } from './control.ts'
import { runText } from './interpreter/run-text.ts'
import { completeLine } from './line-editor/completion.ts'
import { LineEditor } from './line-editor/editor.ts'
import type { Outcome } from './line-editor/editor.ts'
import { expandPrompt } from './prompt.ts'
import { readLine } from './read-line.ts'
import type { Shell } from './shell.ts'

/** Reads and runs command lines from a person until `exit` or ^D. @returns the last status */
export function* runInteractive(shell: Shell): Blocking<number> {
  const terminal = shell.process.files.get(0)?.terminal
  prepare(shell, terminal)
  yield* readStartupFile(shell)
  loadHistory(shell)
  const editor =
    terminal &&
    new LineEditor({
      process: shell.process,
      terminal,
      history: shell.history,
      complete: (before) => completeLine(shell, before),
    })
  const nextLine = editor
    ? (prompt: string) => editor.readLine(prompt)
    : (prompt: string) => plainLine(shell, prompt)
  try {
    return yield* readCommands(shell, nextLine)
  } finally {
    saveHistory(shell)
    hangUpJobs(shell)
  }
}

function prepare(shell: Shell, terminal: Terminal | undefined): void {
  const { process, variables, options, personality } = shell
  process.onSignal('SIGINT', () => (shell.interrupted = true))
  process.onSignal('SIGHUP', () => (shell.hungUp = true))
  options.add('interactive')
  for (const signal of ['SIGQUIT', 'SIGTERM', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'] as const)
    process.onSignal(signal, 'ignore')
  if (terminal) {
    options.add('monitor')
    terminal.foregroundGroup = process.processGroup
  }
  if (variables.get('PS1') === undefined) variables.set('PS1', personality.prompt)
  if (variables.get('PS2') === undefined) variables.set('PS2', '> ')
}

/** `~/.bashrc`, or what ENV names. */
function* readStartupFile(shell: Shell): Blocking<void> {
  const home = shell.variables.get('HOME') ?? '/'
  const path = shell.personality.kind === 'bash' ? `${home}/.bashrc` : shell.variables.get('ENV')
  if (path && shell.process.machine.files.stat(path)?.type === 'file') {
    yield* guarded(shell, runText(shell, shell.process.machine.files.read(path), { firstLine: 1 }))
  }
}

/** What one command may have at the prompt, in characters: more would keep everything else waiting while it is parsed. */
const MAX_COMMAND = 524_288

const tooLong = (length: number) =>
  `a command of ${length} characters is more than the prompt takes (${MAX_COMMAND}): put it into a file`

function* readCommands(shell: Shell, nextLine: (prompt: string) => Blocking<Outcome>): Blocking<number> {
  const reader = new CommandReader()
  while (!shell.hungUp) {
    if (!reader.pending) for (const report of shell.jobs.takeReports()) yield* shell.error(report)
    if (shell.traps.pending.length > 0) yield* guarded(shell, shell.traps.run())
    const prompt = yield* expandPrompt(shell, shell.variables.get(reader.pending ? 'PS2' : 'PS1') ?? '')
    const outcome = yield* nextLine(prompt)
    if (outcome.kind === 'interrupted') {
      reader.reset()
      shell.interrupted = false
      shell.status = 130
      continue
    }
    if (outcome.kind === 'end' && !reader.pending) {
      if (yield* mayLeave(shell)) return shell.status
      continue
    }
    if (outcome.kind === 'line' && reader.size + outcome.text.length > MAX_COMMAND) {
      yield* shell.complain(tooLong(reader.size + outcome.text.length))
      reader.reset()
      shell.status = 1
      continue
    }
    const command = outcome.kind === 'end' ? reader.finish() : reader.add(outcome.text)
    if (command === undefined || command.trim() === '') continue
    remember(shell, command.replace(/\n$/, ''))
    yield* guarded(shell, runText(shell, command, { firstLine: 1, keepStatus: true }))
  }
  return 129
}

/** ^D: says farewell, unless there are stopped jobs, which are warned of once. */
function* mayLeave(shell: Shell): Blocking<boolean> {
  if (shell.personality.kind === 'ash') {
    yield* shell.error('\n')
    return true
  }
  yield* shell.error(`${shell.farewell}\n`)
  if (shell.warnedOfJobs || !shell.jobs.all.some((job) => job.stopped)) return true
  shell.warnedOfJobs = true
  yield* shell.error('There are stopped jobs.\n')
  return false
}

/** Runs a command line; ^C and stray jumps end it, not the shell. */
function* guarded(shell: Shell, body: Blocking<unknown>): Blocking<void> {
  try {
    yield* body
  } catch (jump) {
    if (jump instanceof Interrupt) {
      shell.status = 130
      yield* shell.error('\n')
    } else if (!(jump instanceof LoopJump || jump instanceof ReturnJump)) throw jump
  }
  shell.interrupted = false
  shell.tolerated = 0
  shell.loopDepth = 0
}

/** A line from something that is no terminal (`bash -i` behind a pipe). */
function* plainLine(shell: Shell, prompt: string): Blocking<Outcome> {
  yield* shell.error(prompt)
  const result = yield* shell.process.interruptible(readLine(shell.process, 0))
  if ('interrupted' in result) return { kind: 'interrupted' }
  return result.value ? { kind: 'line', text: result.value.text } : { kind: 'end' }
}

const MAX_HISTORY = 1000

function remember(shell: Shell, line: string): void {
  const control = shell.variables.get('HISTCONTROL') ?? ''
  if (line.startsWith(' ') && /ignore(space|both)/.test(control)) return
  if (
    line === shell.history.at(-1) &&
    (shell.personality.kind === 'ash' || /ignore(dups|both)/.test(control))
  )
    return
  shell.history.push(line)
  if (shell.history.length > MAX_HISTORY) shell.history.shift()
}

function historyPath(shell: Shell): string {
  return (
    shell.variables.get('HISTFILE') ?? `${shell.variables.get('HOME') ?? ''}/${shell.personality.historyFile}`
  )
}

function loadHistory(shell: Shell): void {
  const { files } = shell.process.machine
  if (files.stat(historyPath(shell))?.type !== 'file') return
  const lines = files.read(historyPath(shell)).split('\n')
  shell.history.push(...lines.filter((line) => line !== '').slice(-MAX_HISTORY))
}

function saveHistory(shell: Shell): void {
  if (shell.history.length === 0) return
  try {
    shell.process.machine.files.write(historyPath(shell), `${shell.history.join('\n')}\n`)
  } catch (error) {
    // No home, or one that cannot be written to: the history is lost, as with a real shell.
    if (!(error instanceof SystemError)) throw error
  }
}

/** Jobs do not outlive the terminal, unless they were disowned. */
function hangUpJobs(shell: Shell): void {
  for (const job of shell.jobs.all) {
    const gone = !shell.hungUp && !job.stopped
    if (job.disowned || gone) continue
    for (const signal of ['SIGHUP', 'SIGCONT'] as const) {
      try {
        shell.process.kill(-job.processGroup, signal)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
    }
  }
}
