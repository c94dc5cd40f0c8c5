import { resolvePath } from '../path.ts'
import { SystemError } from '../process.ts'
import type { Blocking, Process, Program } from '../process.ts'
import { ExitJump, Interrupt, LoopJump, ReturnJump } from './control.ts'
import { runText } from './interpreter/run-text.ts'
import { endShell } from './interpreter/pipeline.ts'
import { runInteractive } from './interactive.ts'
import { ASH, BASH } from './personality.ts'
import type { Personality, SourceKind } from './personality.ts'
import { CommandReader } from './command-reader.ts'
import { readLine } from './read-line.ts'
import { FLAG_LETTERS, Shell } from './shell.ts'

/** GNU bash as a program: `bash`, `bash -c COMMAND [NAME [ARG]...]`, `bash FILE [ARG]...`, `bash -s`, `bash -i`. */
export const bash: Program = (process) => main(process, BASH)

/** busybox's shell: `sh` and `ash`. */
export const ash: Program = (process) => main(process, ASH)

interface Invocation {
  readonly from: SourceKind
  readonly options: readonly string[]
  readonly operands: readonly string[]
  readonly login: boolean
}

function* main(process: Process, personality: Personality): Blocking<number> {
  const invocation = yield* readArguments(process, personality)
  if (typeof invocation === 'number') return invocation
  const { from, operands } = invocation
  const ownName = process.argv[0]?.replace(/^-/, '') ?? personality.name
  if (from === 'command') {
    const [command, name = ownName, ...positional] = operands
    if (command === undefined) {
      const message =
        personality.kind === 'ash' ? '-c requires an argument' : '-c: option requires an argument'
      yield* process.printError(`${ownName}: ${message}\n`)
      return 2
    }
    const shell = new Shell(process, { personality, from, name, positional })
    return yield* runShell(shell, invocation, () =>
      runText(shell, command, { firstLine: 1, label: '-c', isProgram: true }),
    )
  }
  if (from === 'file') return yield* runFile(process, personality, operands, invocation)
  const name = from === 'interactive' && process.argv[0]?.startsWith('-') ? process.argv[0] : ownName
  const shell = new Shell(process, { personality, from, name, positional: operands })
  return yield* runShell(shell, invocation, () =>
    from === 'interactive' ? runInteractive(shell) : runStandardInput(shell),
  )
}

/** Runs an executable text without `#!` in this process. */
export function runScript(
  process: Process,
  personality: Personality,
  name: string,
  path: string,
): Blocking<number> {
  return runFile(
    process,
    personality,
    [name, ...process.argv.slice(1)],
    { from: 'file', options: [], operands: [], login: false },
    path,
  )
}

function* runFile(
  process: Process,
  personality: Personality,
  operands: readonly string[],
  invocation: Invocation,
  found?: string,
): Blocking<number> {
  const [file, ...positional] = operands
  const path = found ?? resolvePath(process.cwd, file!)
  let text: string
  try {
    text = process.machine.files.read(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const own = process.argv[0] ?? personality.name
    const directory = error.code === 'EISDIR'
    const message =
      personality.kind === 'ash' ? `can't open '${file}': ${error.message}` : `${file}: ${error.message}`
    yield* process.printError(
      `${own}: ${directory && personality.kind === 'bash' ? `${file}: ${file}: ${error.message}` : message}\n`,
    )
    return directory ? 126 : personality.kind === 'ash' ? 2 : 127
  }
  const shell = new Shell(process, { personality, from: 'file', name: file!, positional })
  return yield* runShell(shell, invocation, () => runText(shell, text, { firstLine: 1, isProgram: true }))
}

/** Runs `body` until it ends or says `exit`, then the EXIT trap. @returns the status of the shell */
export function* runShell(
  shell: Shell,
  invocation: Pick<Invocation, 'options'>,
  body: () => Blocking<number>,
): Blocking<number> {
  for (const option of invocation.options) shell.options.add(option)
  try {
    shell.status = yield* body()
  } catch (jump) {
    if (jump instanceof ExitJump || jump instanceof ReturnJump) shell.status = jump.status
    else if (jump instanceof Interrupt) shell.status = 130
    else if (!(jump instanceof LoopJump)) throw jump
  }
  return yield* endShell(shell)
}

/** Reads commands from standard input, no further than each needs: what follows may be input of the command. */
function* runStandardInput(shell: Shell): Blocking<number> {
  const reader = new CommandReader()
  for (let lineNumber = 1; ;) {
    const line = yield* readLine(shell.process, 0)
    const command = line ? reader.add(line.text) : reader.finish()
    if (command !== undefined) {
      yield* runText(shell, command, { firstLine: lineNumber, keepStatus: true, isProgram: true })
      lineNumber += command.split('\n').length - 1
    }
    if (!line) return shell.status
  }
}

function* readArguments(process: Process, personality: Personality): Blocking<Invocation | number> {
  const [own = personality.name, ...words] = process.argv
  const options: string[] = []
  const flags = new Set<string>()
  while (words.length > 0 && /^[-+]./.test(words[0]!)) {
    const word = words.shift()!
    if (word === '--') break
    if (word === '--version' && personality.version) {
      yield* process.print(`GNU bash, version ${personality.version} (x86_64-pc-linux-gnu)\n`)
      return 0
    }
    if (word.startsWith('--')) {
      if (word === '--login') flags.add('l')
      else if (!LONG_OPTIONS.has(word)) {
        yield* process.printError(`${own}: ${word}: invalid option\n`)
        return 2
      }
      continue
    }
    for (const letter of word.slice(1)) {
      const name = FLAG_LETTERS.get(letter)
      if ('cisl'.includes(letter)) flags.add(letter)
      else if (letter === 'o') options.push(words.shift() ?? '')
      else if (name) options.push(name)
      else {
        yield* process.printError(`${own}: -${letter}: invalid option\n`)
        return 2
      }
    }
  }
  const isTerminal =
    process.files.get(0)?.terminal !== undefined && process.files.get(2)?.terminal !== undefined
  const reads = words.length === 0 || flags.has('s')
  const from = flags.has('c')
    ? 'command'
    : flags.has('i') || (reads && isTerminal)
      ? 'interactive'
      : reads
        ? 'stdin'
        : 'file'
  return { from, options, operands: words, login: flags.has('l') || own.startsWith('-') }
}

const LONG_OPTIONS: ReadonlySet<string> = new Set(['--norc', '--noprofile', '--posix', '--noediting'])
