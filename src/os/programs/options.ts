/** Which family a tool belongs to: Debian's GNU userland or busybox. They differ in messages, seldom in meaning. */
/**
 * What options a tool takes. `short` is getopt's string: `n:` takes a value, `i::` may take one, and a leading `+`
 * ends the options at the first operand. `long` maps names to the short letter they mean, or to a key of their own
 * (`color::`), with the same colons.
 */
export interface OptionSpec {
  readonly short: string
  readonly long?: Readonly<Record<string, string>>
}

/** The options given, in order; `''` stands for the value of an option that takes none. */
export class Options {
  readonly given: readonly { readonly key: string; readonly value: string }[]

  constructor(given: readonly { readonly key: string; readonly value: string }[]) {
    this.given = given
  }

  has(key: string): boolean {
    return this.given.some((option) => option.key === key)
  }

  /** The value given last. */
  get(key: string): string | undefined {
    return this.given.findLast((option) => option.key === key)?.value
  }

  all(key: string): string[] {
    return this.given.filter((option) => option.key === key).map(({ value }) => value)
  }

  count(key: string): number {
    return this.all(key).length
  }

  /** Which of some options that undo each other was given last. */
  last(...keys: string[]): string | undefined {
    return this.given.findLast((option) => keys.includes(option.key))?.key
  }
}

/** A command line that the tool does not understand: `message` is what getopt says, without the tool's name. */
export class UsageError extends Error {}

/**
 * getopt_long(3): options and operands may be mixed, `--` ends the options, long names may be cut short while they
 * stay unique.
 * @throws UsageError
 */
export function parseOptions(
  spec: OptionSpec,
  args: readonly string[],
): { options: Options; operands: string[] } {
  const given: { key: string; value: string }[] = []
  const operands: string[] = []
  const inOrder = spec.short.startsWith('+')
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!
    if (argument === '--') {
      operands.push(...args.slice(index + 1))
      break
    }
    if (argument === '-' || !argument.startsWith('-')) {
      operands.push(argument)
      if (!inOrder) continue
      operands.push(...args.slice(index + 1))
      break
    }
    if (argument.startsWith('--')) index += longOption(spec, argument, args[index + 1], given)
    else index += shortOptions(spec.short, argument.slice(1), args[index + 1], given)
  }
  return { options: new Options(given), operands }
}

type Given = { key: string; value: string }[]

/** @returns how many further arguments it used up */
function shortOptions(short: string, cluster: string, next: string | undefined, given: Given): number {
  for (let at = 0; at < cluster.length; at++) {
    const key = cluster[at]!
    const position = key === ':' || key === '+' ? -1 : short.indexOf(key)
    if (position < 0) throw new UsageError(`invalid option -- '${key}'`)
    const colons = /^:*/.exec(short.slice(position + 1))![0].length
    const rest = cluster.slice(at + 1)
    if (colons === 0) {
      given.push({ key, value: '' })
      continue
    }
    if (rest !== '' || colons === 2) {
      given.push({ key, value: rest })
      return 0
    }
    if (next === undefined) throw new UsageError(`option requires an argument -- '${key}'`)
    given.push({ key, value: next })
    return 1
  }
  return 0
}

function longOption(spec: OptionSpec, argument: string, next: string | undefined, given: Given): number {
  const equals = argument.indexOf('=')
  const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals)
  const known = spec.long ?? {}
  const candidates = Object.keys(known).filter((each) => each.startsWith(name))
  const meanings = new Set(candidates.map((each) => known[each]))
  const full = candidates.includes(name) ? name : meanings.size === 1 ? candidates[0] : undefined
  if (full === undefined) {
    if (candidates.length === 0) throw new UsageError(`unrecognized option '--${name}'`)
    const list = candidates.map((each) => ` '--${each}'`).join('')
    throw new UsageError(`option '--${name}' is ambiguous; possibilities:${list}`)
  }
  const [, key, marks] = /^(.*?)(:*)$/.exec(known[full]!)!
  const position = key!.length === 1 ? spec.short.indexOf(key!) : -1
  const colons = position < 0 ? marks!.length : /^:*/.exec(spec.short.slice(position + 1))![0].length
  if (colons === 0 && equals >= 0) throw new UsageError(`option '--${full}' doesn't allow an argument`)
  if (colons === 0 || (colons === 2 && equals < 0)) given.push({ key: key!, value: '' })
  else if (equals >= 0) given.push({ key: key!, value: argument.slice(equals + 1) })
  else if (next === undefined) throw new UsageError(`option '--${full}' requires an argument`)
  else {
    given.push({ key: key!, value: next })
    return 1
  }
  return 0
}
