import { pathOf } from '../api/resource.ts'
import type { Blocking, Process } from '../os/process.ts'
import { namesOf } from './completion-sources.ts'
import { containersOf } from './commands/containers.ts'
import { root } from './commands/index.ts'
import { Context } from './context.ts'
import { CommandError, ConnectionError, PlainError, StatusError } from './errors.ts'
import { bareValue, FlagError, parseFlags, type Flag } from './flags.ts'
import { findCommand, flagsOf } from './kubectl.ts'
import { loadKubeConfig } from './kubeconfig.ts'

/**
 * What Tab offers for a word of a kubectl command line: commands, flags, values of flags, types, names in the cluster.
 * A shell finds it as `kubectl` in its machine's facility `completions`.
 * @param words the command line up to the cursor, `kubectl` first
 * @param index the word to complete; it may be empty
 */
export function* completeKubectl(
  words: readonly string[],
  index: number,
  process: Process,
): Blocking<readonly string[]> {
  const typed = words[index] ?? ''
  const before = words.slice(1, index)
  const { command, path, words: rest } = findCommand(before)
  const flags = flagsOf(command)
  try {
    const [inline, prefix] = inlineValue(typed, flags)
    const pending = inline ?? pendingFlag(before, flags)
    const context = contextFor(process, command, path, pending && !inline ? rest.slice(0, -1) : rest, flags)
    const offered = pending
      ? (yield* valuesOf(context, pending)).map((value) => prefix + value)
      : typed.startsWith('-')
        ? flagNames(flags)
        : yield* wordsFor(context, typed)
    return offered.filter((one) => one.startsWith(typed))
  } catch (error) {
    // Without a server, or with flags that make no sense, there is nothing to offer.
    if (
      error instanceof CommandError ||
      error instanceof PlainError ||
      error instanceof StatusError ||
      error instanceof ConnectionError ||
      error instanceof FlagError
    )
      return []
    throw error
  }
}

function contextFor(
  process: Process,
  command: ReturnType<typeof findCommand>['command'],
  path: string,
  words: readonly string[],
  flags: readonly Flag[],
): Context {
  return new Context(process, command, path, parseFlags(words, flags))
}

/** `--output=` with the cursor after it: the flag, and what stands before its value. */
function inlineValue(typed: string, flags: readonly Flag[]): [Flag | undefined, string] {
  const match = /^(--([^=]+)=|-([a-zA-Z])=?)/.exec(typed)
  if (!match) return [undefined, '']
  if (match[2]) return [flags.find((flag) => flag.name === match[2]), match[1]!]
  const flag = flags.find((one) => one.short === match[3])
  return flag && bareValue(flag) === undefined && typed.length > 2 ? [flag, match[1]!] : [undefined, '']
}

/** The flag whose value is to come: `-o ` or `--output `. */
function pendingFlag(before: readonly string[], flags: readonly Flag[]): Flag | undefined {
  const last = before.at(-1) ?? ''
  const flag = last.startsWith('--')
    ? flags.find((one) => `--${one.name}` === last)
    : flags.find((one) => `-${one.short}` === last)
  return flag && bareValue(flag) === undefined ? flag : undefined
}

function flagNames(flags: readonly Flag[]): string[] {
  return flags
    .filter((flag) => !flag.hidden)
    .map((flag) => (bareValue(flag) === undefined ? `--${flag.name}=` : `--${flag.name}`))
}

function* wordsFor(context: Context, typed: string): Blocking<readonly string[]> {
  const { command } = context
  if (command.subcommands.length > 0 && context.args.length === 0) {
    const names = command.subcommands.map((one) => one.name)
    if (!command.run || command === root) return names
    return command.completeArgs ? [...names, ...(yield* argumentsFor(context, typed))] : names
  }
  return yield* argumentsFor(context, typed)
}

function* argumentsFor(context: Context, typed: string): Blocking<readonly string[]> {
  if (!context.command.completeArgs || context.argsBeforeDash >= 0) return []
  const parsed = { values: context.flags, args: [...context.args, typed], argsBeforeDash: -1 }
  return yield* context.command.completeArgs(
    new Context(context.process, context.command, context.path, parsed),
  )
}

function* valuesOf(context: Context, flag: Flag): Blocking<readonly string[]> {
  const { values } = flag
  if (values === undefined) return []
  if (typeof values !== 'string') return values
  return yield* SOURCES[values](context)
}

type Source = Extract<Flag['values'], string>

const SOURCES: Readonly<Record<Source, (context: Context) => Blocking<readonly string[]>>> = {
  *namespaces(context) {
    return yield* namesOf(context, 'namespaces')
  },
  *contexts(context) {
    return loadKubeConfig(context.process).contexts.map((entry) => entry.name)
  },
  *clusters(context) {
    return loadKubeConfig(context.process).clusters.map((entry) => entry.name)
  },
  *users(context) {
    return loadKubeConfig(context.process).users.map((entry) => entry.name)
  },
  // Names of files are left to the shell, which knows folders.
  *files() {
    return []
  },
  *containers(context) {
    const [word = ''] = context.args
    const name = word.replace(/^pods?\//, '')
    if (name === '') return []
    const pod = yield* context.api.get(
      pathOf({ group: '', version: 'v1', plural: 'pods', namespaced: true }, context.namespace, name),
    )
    return containersOf(pod).map((container) => container.name)
  },
}
