import { parseArgs } from 'node:util'

export interface Usage {
  readonly usage: string
  /** Options that take a whole number, with their defaults (undefined: none). */
  readonly numbers: Readonly<Record<string, number | undefined>>
  readonly flags?: readonly string[]
  readonly strings?: readonly string[]
}

export interface Arguments {
  readonly numbers: Readonly<Record<string, number | undefined>>
  readonly flags: ReadonlySet<string>
  readonly strings: Readonly<Record<string, string | undefined>>
  readonly positionals: readonly string[]
}

/** Reads this process's arguments; with wrong ones prints what is wrong and the usage, and exits with 2. */
export function readArguments({ usage, numbers, flags = [], strings = [] }: Usage): Arguments {
  try {
    const options: Record<string, { type: 'string' | 'boolean' }> = {}
    for (const name of [...Object.keys(numbers), ...strings]) options[name] = { type: 'string' }
    for (const name of flags) options[name] = { type: 'boolean' }
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    return {
      positionals,
      flags: new Set(flags.filter((name) => values[name])),
      strings: Object.fromEntries(strings.map((name) => [name, values[name] as string | undefined])),
      numbers: Object.fromEntries(
        Object.entries(numbers).map(([name, fallback]) => [
          name,
          wholeNumber(name, values[name] as string | undefined) ?? fallback,
        ]),
      ),
    }
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: ${usage}`)
    process.exit(2)
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}"`)
  return Number(text)
}
