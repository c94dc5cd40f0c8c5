/**
 * Command line flags as pflag reads them: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, bundled
 * switches (`-it`), flags anywhere among the arguments, and `--` ending them.
 */
export interface Flag {
  readonly name: string
  readonly short?: string
  /** `list` splits each value at commas, `array` does not; both collect when repeated. */
  readonly type: 'string' | 'boolean' | 'integer' | 'duration' | 'list' | 'array'
  readonly default?: string | boolean | number | readonly string[]
  /** The value of `--name` given without one (`--dry-run`, `--cascade`). */
  readonly bare?: string
  readonly help: string
  readonly required?: boolean
  readonly hidden?: boolean
  /** Printed when the flag is used: `Flag --x has been deprecated, ...`. */
  readonly deprecated?: string
  /** What Tab offers for the value: fixed words, or the name of a source in `completion.ts`. */
  readonly values?:
    readonly string[] | 'namespaces' | 'contexts' | 'clusters' | 'users' | 'files' | 'containers'
}

export class FlagError extends Error {}

/** The flags of one command line; asking for one that was not declared is a bug. */
export class FlagValues {
  private readonly flags: ReadonlyMap<string, Flag>
  private readonly given = new Map<string, string | boolean | number | string[]>()
  readonly deprecations: string[] = []

  constructor(flags: ReadonlyMap<string, Flag>) {
    this.flags = flags
  }

  has(name: string): boolean {
    return this.flags.has(name)
  }

  /** The letter a flag also goes by; undefined when it has none or is not there. */
  shortOf(name: string): string | undefined {
    return this.flags.get(name)?.short
  }

  /** Whether a flag takes several values; global flags never do. */
  isList(name: string): boolean {
    const type = this.flags.get(name)?.type
    return type === 'array' || type === 'list'
  }

  changed(name: string): boolean {
    return this.given.has(name)
  }

  string(name: string): string {
    return String(this.value(name) ?? '')
  }

  boolean(name: string): boolean {
    return this.value(name) === true
  }

  integer(name: string): number {
    return Number(this.value(name) ?? 0)
  }

  /** Milliseconds. */
  duration(name: string): number {
    return Number(this.value(name) ?? 0)
  }

  list(name: string): readonly string[] {
    return (this.value(name) as readonly string[] | undefined) ?? []
  }

  /** @throws FlagError when the text is no value of the flag's type */
  set(flag: Flag, text: string): void {
    if (flag.deprecated !== undefined && !this.given.has(flag.name)) {
      this.deprecations.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`)
    }
    const problem = (why: string): FlagError =>
      new FlagError(
        `invalid argument ${quote(text)} for "${flag.short ? `-${flag.short}, ` : ''}--${flag.name}" flag: ${why}`,
      )
    if (flag.type === 'boolean') {
      const value = BOOLEANS[text]
      if (value === undefined) throw problem(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`)
      this.given.set(flag.name, value)
    } else if (flag.type === 'integer') {
      if (!/^[+-]?\d+$/.test(text)) throw problem(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`)
      if (!Number.isSafeInteger(Number(text))) {
        throw problem(`strconv.ParseInt: parsing ${quote(text)}: value out of range`)
      }
      this.given.set(flag.name, Number(text))
    } else if (flag.type === 'duration') {
      const ms = parseDuration(text)
      if (typeof ms === 'string') throw problem(ms)
      this.given.set(flag.name, ms)
    } else if (flag.type === 'list' || flag.type === 'array') {
      const words = flag.type === 'array' ? [text] : text === '' ? [] : text.split(',')
      this.given.set(flag.name, [...((this.given.get(flag.name) as string[] | undefined) ?? []), ...words])
    } else {
      this.given.set(flag.name, text)
    }
  }

  private value(name: string): Flag['default'] {
    const flag = this.flags.get(name)
    if (!flag) throw new Error(`flag --${name} is not declared`)
    return this.given.get(name) ?? flag.default
  }
}

/** What Go's strconv.ParseBool knows. */
export const BOOLEANS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Go's `time.ParseDuration` in ms, or its error text. */
export function parseDuration(text: string): number | string {
  if (/^[+-]?0$/.test(text)) return 0
  const match = /^([+-]?)((?:\d*\.?\d*(?:ns|us|µs|ms|s|m|h))+)$/.exec(text)
  if (!match || !/\d/.test(text)) {
    if (/^[+-]?\d+(\.\d+)?$/.test(text)) return `time: missing unit in duration ${quote(text)}`
    return `time: invalid duration ${quote(text)}`
  }
  let ms = 0
  for (const [, amount, unit] of match[2]!.matchAll(/(\d*\.?\d*)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(amount) * UNITS_MS[unit!]!
  return match[1] === '-' ? -ms : ms
}

/** Go's %q. */
export function quote(text: string): string {
  return JSON.stringify(text)
}

export interface ParsedArguments {
  readonly values: FlagValues
  readonly args: readonly string[]
  /** How many arguments stood before `--`, or -1 without one. */
  readonly argsBeforeDash: number
}

/** @throws FlagError with pflag's text */
export function parseFlags(words: readonly string[], declared: readonly Flag[]): ParsedArguments {
  const byName = new Map(declared.map((flag) => [flag.name, flag]))
  const byShort = new Map(declared.filter((flag) => flag.short).map((flag) => [flag.short!, flag]))
  const values = new FlagValues(byName)
  const args: string[] = []
  let argsBeforeDash = -1
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') {
      argsBeforeDash = args.length
      args.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word)
    } else if (word.startsWith('--')) {
      i += parseLong(word, words[i + 1], byName, values)
    } else {
      i += parseShort(word, words[i + 1], byShort, values)
    }
  }
  return { values, args, argsBeforeDash }
}

/** @returns how many further words it took */
function parseLong(
  word: string,
  next: string | undefined,
  byName: Map<string, Flag>,
  values: FlagValues,
): number {
  const body = word.slice(2)
  if (body.startsWith('-') || body.startsWith('=')) throw new FlagError(`bad flag syntax: ${word}`)
  const equals = body.indexOf('=')
  const name = equals < 0 ? body : body.slice(0, equals)
  const flag = byName.get(name)
  if (!flag) throw new FlagError(`unknown flag: --${name}`)
  if (equals >= 0) values.set(flag, body.slice(equals + 1))
  else if (bareValue(flag) !== undefined) values.set(flag, bareValue(flag)!)
  else if (next === undefined) throw new FlagError(`flag needs an argument: --${name}`)
  else {
    values.set(flag, next)
    return 1
  }
  return 0
}

function parseShort(
  word: string,
  next: string | undefined,
  byShort: Map<string, Flag>,
  values: FlagValues,
): number {
  let letters = word.slice(1)
  while (letters !== '') {
    const letter = letters[0]!
    const flag = byShort.get(letter)
    if (!flag)
      throw new FlagError(
        `unknown shorthand flag: '${letter}' in ${word.startsWith('-') ? `-${letters}` : letters}`,
      )
    const rest = letters.slice(1)
    if (rest.startsWith('=')) {
      values.set(flag, rest.slice(1))
      return 0
    }
    if (bareValue(flag) !== undefined) {
      values.set(flag, bareValue(flag)!)
      letters = rest
    } else if (rest !== '') {
      values.set(flag, rest)
      return 0
    } else if (next === undefined) {
      throw new FlagError(`flag needs an argument: '${letter}' in -${letters}`)
    } else {
      values.set(flag, next)
      return 1
    }
  }
  return 0
}

/** What a flag given without a value stands for; undefined when it needs one. */
export function bareValue(flag: Flag): string | undefined {
  return flag.bare ?? (flag.type === 'boolean' ? 'true' : undefined)
}
