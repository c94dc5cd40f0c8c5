import { resolvePath } from '../../path.ts'
import type { Blocking, Process } from '../../process.ts'
import { BUILTINS } from '../builtins/index.ts'
import type { Shell } from '../shell.ts'
import type { Completion } from './candidates.ts'

/**
 * Completes the arguments of one command. A machine's facility `completions` maps commands to these.
 * @param words the command line up to the cursor, unquoted, the command first
 * @param index which of them is to be completed (it may be empty)
 */
export type Completer = (
  words: readonly string[],
  index: number,
  process: Process,
) => Blocking<readonly string[]>

/** What could stand at the cursor: a command, an argument, a variable or a file. */
export function* completeLine(shell: Shell, before: string): Blocking<Completion> {
  const { words, start } = lastCommand(before)
  const word = words.at(-1)!
  const found = yield* candidatesFor(shell, words, word.text)
  const candidates = [...new Set(found)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return {
    start: start + word.start,
    candidates: candidates.map((candidate) => quoteCandidate(candidate, word.raw)),
  }
}

function* candidatesFor(shell: Shell, words: readonly Word[], text: string): Blocking<readonly string[]> {
  if (/^\$\{?\w*$/.test(text)) return variables(shell, text)
  const commandAt = words.findIndex((word) => !/^\w+=/.test(word.raw))
  if (commandAt < 0 || commandAt === words.length - 1) {
    return text.includes('/') ? files(shell, text, isRunnable) : commands(shell, text)
  }
  const command = words[commandAt]!.text
  const completer = completers(shell).get(command.replace(/^.*\//, ''))
  if (completer && !/^[<>]/.test(words.at(-2)?.raw ?? '')) {
    const line = words.slice(commandAt).map((word) => word.text)
    const found = yield* completer(line, line.length - 1, shell.process)
    if (found.length > 0) return found
  }
  return files(shell, text, command === 'cd' ? (_, type) => type === 'directory' : () => true)
}

function completers(shell: Shell): ReadonlyMap<string, Completer> {
  const facility = shell.process.machine.facilities.get('completions')
  return facility instanceof Map ? (facility as Map<string, Completer>) : new Map()
}

function variables(shell: Shell, text: string): string[] {
  const [, opening, prefix] = /^(\$\{?)(\w*)$/.exec(text)!
  const names = shell.variables.names().filter((name) => name.startsWith(prefix!))
  return names.map((name) => `${opening}${name}${opening === '${' ? '}' : ''}`)
}

function commands(shell: Shell, prefix: string): string[] {
  const { files, programAt } = shell.process.machine
  const found = [...BUILTINS.keys(), ...shell.functions.keys(), ...shell.aliases.keys()]
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    const path = resolvePath(shell.process.cwd, directory || '.')
    if (files.stat(path)?.type !== 'directory') continue
    for (const name of files.list(path))
      if (name.startsWith(prefix) && programAt(`${path}/${name}`)) found.push(name)
  }
  return found.filter((name) => name.startsWith(prefix))
}

type Filter = (path: string, type: string, mode: number) => boolean

const isRunnable: Filter = (_, type, mode) => type === 'directory' || (mode & 0o111) !== 0

function files(shell: Shell, text: string, wanted: Filter): string[] {
  const { machine, cwd } = shell.process
  const slash = text.lastIndexOf('/') + 1
  const directory = text.slice(0, slash)
  const prefix = text.slice(slash)
  const home = shell.variables.get('HOME') ?? '/'
  const path = resolvePath(cwd, directory === '' ? '.' : directory.replace(/^~(?=\/)/, home))
  if (machine.files.stat(path)?.type !== 'directory') return []
  return machine.files
    .list(path)
    .filter((name) => name.startsWith(prefix) && (prefix !== '' || !name.startsWith('.')))
    .flatMap((name) => {
      const status = machine.files.stat(`${path}/${name}`)
      if (!status || !wanted(`${path}/${name}`, status.type, status.mode)) return []
      return [`${directory}${name}${status.type === 'directory' ? '/' : ''}`]
    })
}

/** A word of the line: as typed, and with its quotes taken off. */
interface Word {
  readonly raw: string
  readonly text: string
  readonly start: number
}

/** The words of the command that the cursor is in; the last one may be empty. */
function lastCommand(before: string): { words: Word[]; start: number } {
  let words: Word[] = []
  let word = { raw: '', text: '', start: 0 }
  let quote = ''
  const finish = (next: number) => {
    if (word.raw !== '') words.push(word)
    word = { raw: '', text: '', start: next }
  }
  for (let at = 0; at < before.length; at++) {
    const character = before[at]!
    if (quote === '' && /\s/.test(character)) finish(at + 1)
    else if (quote === '' && /[|;&(]/.test(character)) {
      finish(at + 1)
      words = []
    } else {
      word.raw += character
      if (character === quote) quote = ''
      else if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === '\\' && quote !== "'" && at + 1 < before.length) {
        word.raw += before[++at]!
        word.text += before[at]!
      } else word.text += character
    }
  }
  return { words: [...words, word], start: 0 }
}

/** Escapes what a shell would take for something else, in the quotes that the word began with. */
function quoteCandidate(candidate: string, raw: string): string {
  const quote = /^["']/.exec(raw)?.[0]
  if (quote !== undefined) return quote + candidate + (candidate.endsWith('/') ? '' : quote)
  if (candidate.startsWith('$')) return candidate
  return candidate.replace(/[\s"'\\|&;()<>`*?[\]!]/g, '\\$&')
}
