import type { Assignment } from 'unbash'
import type { Blocking, Process } from '../process.ts'
import { resolvePath } from '../path.ts'
import { DEFAULT_PATH } from '../kernel-process.ts'
import { Interrupt } from './control.ts'
import { JobTable } from './jobs.ts'
import type { Personality, SourceKind } from './personality.ts'
import type { ShellFunction, Source } from './source.ts'
import { lineAt } from './source.ts'
import { Traps } from './traps.ts'
import { Variables } from './variables.ts'

export interface ShellOptions {
  readonly personality: Personality
  readonly from: SourceKind
  /** `$0`. */
  readonly name: string
  readonly positional?: readonly string[]
}

/** Everything a shell knows: the state that the interpreter works on. A subshell is a `fork` of it in a new process. */
export class Shell {
  readonly personality: Personality
  readonly process: Process
  readonly from: SourceKind
  readonly variables: Variables
  readonly functions: Map<string, ShellFunction>
  readonly aliases: Map<string, string>
  /** What `set -o` calls them: errexit, nounset, xtrace, noglob, pipefail ... */
  readonly options: Set<string>
  readonly jobs: JobTable
  readonly traps: Traps
  /** Lines typed so far, oldest first. */
  readonly history: string[]
  /** Remembered places of commands, and how often they were used. */
  readonly hash: Map<string, { path: string; hits: number }>
  /** `$0` and `$$`: those of the shell that a subshell was forked from. */
  name: string
  readonly shellPid: number
  positional: readonly string[]
  status = 0
  pipeStatus: readonly number[] = [0]
  lastBackgroundPid: number | undefined
  /** The text that is being run, for line numbers. */
  source: Source = { text: '', firstLine: 1 }
  /** Position in it. */
  position = 0
  functionDepth = 0
  sourceDepth = 0
  loopDepth = 0
  /** The builtin being run, for its messages. */
  builtin: string | undefined
  /** Above 0 a failure does not end the shell under `set -e`: conditions, `!`, all but the last of `&&` and `||`. */
  tolerated = 0
  /** Set by ^C; the interpreter stops at the next command. */
  interrupted = false
  /** The status of the last command substitution of the command being expanded. */
  substitutionStatus: number | undefined
  readonly isSubshell: boolean
  /** `getopts`: where in a cluster of letters it is. */
  optionOffset = 1
  lastOptionIndex = 1
  /** SIGHUP came: the terminal is gone. */
  hungUp = false
  /** `exit` has warned of stopped jobs; the next one ends them. */
  warnedOfJobs = false
  /** Fed by a script: messages as at a prompt, but no job numbers and no `exit` line. */
  quiet = false
  /** Descriptors that process substitutions of the running command opened. */
  substitutedDescriptors: number[] = []
  /** The functions being run, innermost first. */
  functionNames: readonly string[] = []
  /** Arrays among the arguments of `declare` and its kin, by name: they are no words. */
  readonly arrayArguments = new Map<string, Assignment>()

  constructor(process: Process, options: ShellOptions, parent?: Shell) {
    this.process = process
    this.personality = options.personality
    this.from = options.from
    this.name = options.name
    this.positional = options.positional ?? []
    this.isSubshell = parent !== undefined
    this.shellPid = parent?.shellPid ?? process.pid
    this.variables = parent?.variables.clone() ?? new Variables(process.env)
    this.functions = new Map(parent?.functions)
    this.aliases = new Map(parent?.aliases)
    this.options = new Set(parent?.options)
    this.history = parent?.history ?? []
    this.hash = new Map(parent?.hash)
    this.jobs = new JobTable(this)
    this.traps = new Traps(this, parent?.traps)
    if (!parent && this.personality.kind === 'bash')
      for (const name of ['hashall', 'braceexpand']) this.options.add(name)
    if (!parent) this.#defineVariables()
    else this.#inherit(parent)
    this.#defineDynamic()
  }

  /** Whether it reads from a person at a terminal. */
  get interactive(): boolean {
    return this.from === 'interactive' && !this.isSubshell && !this.quiet
  }

  /** What bash says when its user leaves it. */
  get farewell(): string {
    return this.name.startsWith('-') ? 'logout' : 'exit'
  }

  /** Whether pipelines get process groups of their own and the terminal. */
  get jobControl(): boolean {
    return this.options.has('monitor') && !this.isSubshell
  }

  get line(): number {
    return lineAt(this.source, this.position)
  }

  /** A subshell of this shell in a new process. */
  fork(process: Process): Shell {
    const { personality, from, name, positional } = this
    return new Shell(process, { personality, from, name, positional }, this)
  }

  /** `$-`. */
  flags(): string {
    const letters = [...FLAG_LETTERS].flatMap(([letter, name]) => (this.options.has(name) ? [letter] : []))
    const source = { interactive: 's', stdin: 's', command: 'c', file: '' }[this.from]
    return letters.join('') + source
  }

  /** Prints an error the way this shell begins its messages. */
  *complain(message: string): Blocking<void> {
    yield* this.error(`${this.personality.errorPrefix(this, message)}\n`)
  }

  /** Writes to standard error, also when there is none. */
  *error(text: string): Blocking<void> {
    if (this.process.files.has(2)) yield* this.process.printError(text)
  }

  /** Called between commands: lets time pass, runs traps, stops at ^C. */
  *checkpoint(position: number): Blocking<void> {
    this.position = position
    yield* this.process.compute()
    this.stopIfInterrupted()
    if (this.traps.pending.length > 0) yield* this.traps.run()
  }

  /** Goes back to the prompt when ^C came. @throws Interrupt */
  stopIfInterrupted(): void {
    if (!this.interrupted) return
    this.interrupted = false
    throw new Interrupt()
  }

  /** Finds an executable along PATH, or by its path; remembers it. */
  findCommand(name: string): string | undefined {
    if (name.includes('/')) return isExecutable(this, name) ? resolvePath(this.process.cwd, name) : undefined
    const known = this.hash.get(name)
    if (known && isExecutable(this, known.path)) return known.path
    const path = this.variables.get('PATH') ?? DEFAULT_PATH
    for (const directory of path.split(':')) {
      const candidate = resolvePath(this.process.cwd, `${directory === '' ? '.' : directory}/${name}`)
      if (name !== '' && isExecutable(this, candidate)) return candidate
    }
    return undefined
  }

  #defineVariables(): void {
    const { variables, process, personality } = this
    const cwd = variables.get('PWD')
    if (cwd === undefined || resolvePath('/', cwd) !== process.cwd) variables.set('PWD', process.cwd)
    variables.mark('PWD', { exported: true })
    variables.set('IFS', ' \t\n')
    variables.set('OPTIND', '1')
    variables.set('PPID', String(process.parentPid))
    if (personality.kind === 'bash') {
      if (variables.get('SHLVL') !== undefined || this.from !== 'interactive') {
        const level = Number(variables.get('SHLVL') ?? 0)
        variables.set('SHLVL', String((Number.isInteger(level) ? level : 0) + 1))
      } else variables.set('SHLVL', '1')
      variables.mark('SHLVL', { exported: true })
      variables.define('BASH_VERSION', { value: personality.version! })
      variables.define('HOSTNAME', { value: process.machine.hostname })
      variables.define('BASH', { value: '/bin/bash' })
    }
  }

  #inherit(parent: Shell): void {
    this.status = parent.status
    this.pipeStatus = parent.pipeStatus
    this.source = parent.source
    this.position = parent.position
    this.functionDepth = parent.functionDepth
    this.functionNames = parent.functionNames
    this.sourceDepth = parent.sourceDepth
    this.lastBackgroundPid = parent.lastBackgroundPid
    this.tolerated = parent.tolerated
  }

  #defineDynamic(): void {
    const { variables, process } = this
    const { simulation } = process.machine
    const startedMs = process.now()
    const dynamic: Record<string, () => string> = {
      RANDOM: () => String(simulation.random(`shell ${process.machine.hostname}`).integer(32_768)),
      LINENO: () => String(this.line),
      ...(this.personality.kind === 'bash' && {
        SECONDS: () => String(Math.floor((process.now() - startedMs) / 1000)),
        BASHPID: () => String(process.pid),
        EPOCHSECONDS: () => String(Math.floor(process.now() / 1000)),
        BASH_SUBSHELL: () => String(this.isSubshell ? 1 : 0),
      }),
    }
    for (const [name, get] of Object.entries(dynamic)) variables.define(name, { dynamic: { get } })
  }
}

/** The options that have a letter, as `set` and `$-` know them. */
export const FLAG_LETTERS: ReadonlyMap<string, string> = new Map([
  ['a', 'allexport'],
  ['b', 'notify'],
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['h', 'hashall'],
  ['i', 'interactive'],
  ['k', 'keyword'],
  ['m', 'monitor'],
  ['n', 'noexec'],
  ['u', 'nounset'],
  ['v', 'verbose'],
  ['x', 'xtrace'],
  ['B', 'braceexpand'],
  ['C', 'noclobber'],
  ['E', 'errtrace'],
  ['H', 'histexpand'],
])

function isExecutable(shell: Shell, path: string): boolean {
  const status = shell.process.machine.files.stat(resolvePath(shell.process.cwd, path))
  return status?.type === 'file' && (status.mode & 0o111) !== 0
}
