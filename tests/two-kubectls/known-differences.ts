import { comparable } from './compare.ts'
import type { Invocation, Outcome } from './pair.ts'

interface KnownDifference {
  readonly name: string
  readonly why: string
  /** Whether it is this that makes a command differ. */
  holds(command: string, real: Outcome, ours: Outcome): boolean
}

/** Where the two kubectls differ and are meant to, or may. */
const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'out of scope',
    why: 'kustomize, plugins, certificates, and so far cp and apply edit-last-applied: SCOPE.md; ours says so in its own words',
    holds: (command) =>
      /^(-n \S+ )?(certificate|kustomize|plugin|alpha|cp|apply edit-last-applied)\b|(^| )-k /.test(command),
  },
  {
    name: 'words of the options page',
    why: 'help is in our own words',
    holds: (command) => /^options\b/.test(command),
  },
  {
    name: "order of Go's maps",
    why: 'the real one walks a map, in another order at each run: warnings, clusters, reasons of drain',
    holds: (command, real, ours) =>
      !isDiff(command) && sortedWords(comparable(ours)) === sortedWords(comparable(real)),
  },
  {
    name: 'hunks of a diff',
    why: 'of several equally short scripts between two files diff picks another than ours',
    holds: (command, real, ours) =>
      isDiff(command) && sortedWords(comparable(ours)) === sortedWords(comparable(real)),
  },
  {
    name: 'Lists in manifests',
    why: 'the real one validates a List with OpenAPI v2 in protobuf, which the server has not; ours needs none',
    holds: (_, real) =>
      /error validating data: the server could not find the requested resource/.test(real.stderr),
  },
  {
    name: "order of Go's fields",
    why: 'a few commands print typed objects as JSON, whose fields come in the order of their Go struct',
    holds: (_, real, ours) => real.stdout.startsWith('{') && sameJson(real.stdout, ours.stdout),
  },
  {
    name: 'null of an empty list',
    why: 'the server leaves out the rules that a gathered ClusterRole has not; the real one writes null',
    holds: (_, real) => /^rules: null$/m.test(real.stdout),
  },
  {
    name: 'address of a map',
    why: 'the message shows an address in memory',
    holds: (_, real, ours) => real.exitCode === ours.exitCode && /map\[\S*:0x[0-9a-f]+/.test(real.stderr),
  },
]

export function knownDifference({ argv }: Invocation, real: Outcome, ours: Outcome): string | undefined {
  return KNOWN_DIFFERENCES.find((one) => one.holds(argv.join(' '), real, ours))?.name
}

const isDiff = (command: string): boolean => /^(-n \S+ )?diff\b/.test(command)

const sortedWords = (text: string): string =>
  text
    .split(/[\s,;[\]]+|---/)
    .filter(Boolean)
    .sort()
    .join(' ')

function sameJson(one: string, other: string): boolean {
  try {
    return JSON.stringify(sorted(JSON.parse(one))) === JSON.stringify(sorted(JSON.parse(other)))
  } catch {
    return false
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
