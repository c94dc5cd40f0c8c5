import type { Blocking, Process } from '../../../os/index.ts'
import { goFlags } from '../go-flags.ts'

/** One thing that the lab image can do: `lab NAME FLAGS OPERANDS`. */
export interface Command {
  readonly usage: string
  /** What it does, as the end of a sentence that begins with its name. */
  readonly about: string
  run(process: Process, flags: Flags): Blocking<number>
}

/** A command line that is not understood, with what to tell of it. */
export class FlagError extends Error {}

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** The flags of a command; every getter throws FlagError for a value that is not of its kind. */
export class Flags {
  readonly #values: ReadonlyMap<string, string>
  readonly operands: readonly string[]

  constructor(args: readonly string[]) {
    this.#values = goFlags(args.filter((arg) => arg.startsWith('-')))
    this.operands = args.filter((arg) => !arg.startsWith('-'))
  }

  number(name: string, otherwise: number): number {
    const text = this.#values.get(name)
    const value = text === undefined ? otherwise : Number(text)
    if (text === '' || !(value >= 0)) throw new FlagError(`--${name}=${text}: not a number`)
    return value
  }

  /** In ms, from `300ms`, `20s`, `1.5m`. */
  duration(name: string, otherwiseMs: number): number {
    const text = this.#values.get(name)
    if (text === undefined) return otherwiseMs
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
    if (!match) throw new FlagError(`--${name}=${text}: not a duration, such as 300ms or 20s`)
    return Number(match[1]) * DURATION_MS[match[2]!]!
  }
}
