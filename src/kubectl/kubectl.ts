import type { Blocking, Process, Program } from '../os/process.ts'
import { GLOBAL_FLAGS, HELP_FLAG, type Command } from './command.ts'
import { root } from './commands/index.ts'
import { Context } from './context.ts'
import {
  AggregateError,
  CommandError,
  ConnectionError,
  describeError,
  HelpError,
  PlainError,
  PrintError,
  UsageError,
} from './errors.ts'
import { bareValue, FlagError, parseFlags, type Flag, type ParsedArguments } from './flags.ts'
import { helpFor } from './help.ts'
import { klog } from './klog.ts'
import { suggestionsFor } from './suggestions.ts'

/** kubectl 1.36: the command line of the cluster. It speaks the REST API through the facility `dial-api` and nothing else. */
export const kubectl: Program = function* (process) {
  const { command, path, words } = findCommand(process.argv.slice(1))
  let context: Context | undefined
  try {
    if (command === root) checkRootWord(words)
    const flags = flagsOf(command)
    const parsed = parse(words, flags)
    if (parsed.values.boolean('help') || (words[0] === 'help' && command === root)) {
      const topic = command === root && words[0] === 'help' ? findCommand(words.slice(1)) : { command, path }
      yield* process.print(helpFor(topic.command, topic.path))
      return 0
    }
    for (const note of parsed.values.deprecations) yield* process.printError(`${note}\n`)
    checkKnown(command, parsed.args)
    if (!command.run) {
      yield* command.needsSubcommand === 'stderr'
        ? process.printError(helpFor(command, path))
        : process.print(helpFor(command, path))
      return command.needsSubcommand ? 1 : 0
    }
    checkRequired(flags, parsed)
    context = new Context(process, command, path, parsed)
    // A word where a subcommand should stand is told of first.
    const misplaced = command.subcommands.length > 0 && parsed.args.length > 0
    if (parsed.values.has('dry-run') && !misplaced && !command.lateDryRun) yield* context.checkDryRun()
    const code = yield* command.run(context)
    yield* context.flushWarnings()
    return code ?? 0
  } catch (error) {
    if (error instanceof HelpError) {
      yield* process.print(helpFor(command, path))
      if (error.message !== '') yield* process.printError(`error: ${error.message}\n`)
      return error.exitCode
    }
    return yield* report(process, context, error, path, command)
  }
}

function* report(
  process: Process,
  context: Context | undefined,
  error: unknown,
  path: string,
  command: Command,
): Blocking<number> {
  yield* context?.flushWarnings() ?? none()
  const unreachable = context?.unreachable
  if (context && unreachable) {
    const { tries } = context.discovery
    // What went wrong before the types were needed was found after looking for categories alone.
    const asked = error instanceof ConnectionError ? tries : tries - 4
    yield* process.printError(discoveryLog(process, unreachable, asked))
  }
  for (const one of error instanceof AggregateError ? error.errors : [error])
    if (one instanceof PrintError) yield* process.print(one.printed)
  const { text, exitCode } =
    error instanceof FlagError ? describeFlagError(error, path, command) : describeError(error, path)
  if (text !== '') yield* process.printError(text.endsWith('\n') ? text : `${text}\n`)
  return exitCode
}

/** kubectl tries discovery five times before it gives up, and logs each failure. */
function discoveryLog(process: Process, error: ConnectionError, times: number): string {
  const address = JSON.stringify(`${error.server}/api?timeout=32s`).slice(1, -1)
  const line = klog(
    { process },
    'E',
    'memcache.go:265',
    `"Unhandled Error" err="couldn't get current server API group list: Get \\"${address}\\": ${JSON.stringify(error.message).slice(1, -1)}"`,
  )
  return line.repeat(times)
}

function* none(): Blocking<void> {}

function describeFlagError(
  error: FlagError,
  path: string,
  { flagErrorCode }: Command,
): { text: string; exitCode: number } {
  if (flagErrorCode !== undefined)
    return { ...describeError(new UsageError(error.message), path), exitCode: flagErrorCode }
  return { text: `error: ${error.message}\nSee '${path} --help' for usage.`, exitCode: 1 }
}

function parse(words: readonly string[], flags: readonly Flag[]): ParsedArguments {
  try {
    return parseFlags(words, flags)
  } catch (error) {
    // --help wins over what else is wrong.
    if (error instanceof FlagError && words.some((word) => word === '--help' || word === '-h'))
      return parseFlags(['--help'], flags)
    throw error
  }
}

export function flagsOf(command: Command): readonly Flag[] {
  const own = new Set(command.flags.flatMap((flag) => [flag.name, ...(flag.short ? [`-${flag.short}`] : [])]))
  const inherited = [HELP_FLAG, ...GLOBAL_FLAGS].filter((flag) => !own.has(flag.name))
  return [
    ...command.flags,
    ...(inherited.map((flag) =>
      flag.short && own.has(`-${flag.short}`) ? { ...flag, short: undefined } : flag,
    ) as Flag[]),
  ]
}

/** Walks down the words that name commands; flags may stand before and between them. */
export function findCommand(words: readonly string[]): { command: Command; path: string; words: string[] } {
  let command = root
  let path = 'kubectl'
  let rest = [...words]
  for (;;) {
    const index = firstArgument(rest, command)
    const next =
      index < 0
        ? undefined
        : command.subcommands.find((one) => one.name === rest[index] || one.aliases?.includes(rest[index]!))
    if (!next) return { command, path, words: rest }
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)]
    command = next
    path += ` ${next.name}`
  }
}

/** Index of the first word that is neither a flag nor a flag's value. */
function firstArgument(words: readonly string[], command: Command): number {
  const flags = flagsOf(command)
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') return -1
    if (!word.startsWith('-') || word === '-') return i
    if (word.includes('=')) continue
    const flag = word.startsWith('--')
      ? flags.find((one) => one.name === word.slice(2))
      : word.length === 2
        ? flags.find((one) => one.short === word[1])
        : undefined
    const takesValue = flag ? bareValue(flag) === undefined : word.startsWith('--')
    if (takesValue) i++
  }
  return -1
}

/** An unknown command is said to be so before its flags are looked at. */
function checkRootWord(words: readonly string[]): void {
  const index = firstArgument(words, root)
  if (index >= 0 && words[index] !== 'help') checkKnown(root, [words[index]!])
}

function checkKnown(command: Command, args: readonly string[]): void {
  if (args.length === 0) return
  if (command === root) {
    const suggestions = suggestionsFor(args[0]!, root)
    const hint =
      suggestions.length > 0
        ? `\n\nDid you mean this?\n${suggestions.map((one) => `\t${one}\n`).join('')}`
        : ''
    throw new PlainError(`error: unknown command "${args[0]}" for "kubectl"${hint}`)
  }
  if (!command.run) throw new UsageError(`unknown command "${args.join(' ')}"`)
}

function checkRequired(flags: readonly Flag[], parsed: ParsedArguments): void {
  const missing = flags
    .filter((flag) => flag.required && !parsed.values.changed(flag.name))
    .map((flag) => `"${flag.name}"`)
  if (missing.length > 0) throw new CommandError(`required flag(s) ${missing.join(', ')} not set`)
}
