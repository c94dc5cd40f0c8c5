import { normalise } from '../transcripts/normalise.ts'
import type { Outcome } from './pair.ts'

/**
 * An outcome as it is compared: the one normalisation, and what only two homes and two processes differ in. A help page
 * is ours in its words, so it stands for itself by its command alone.
 */
export function comparable(outcome: Outcome): string {
  return `${words(outcome.stdout)}--- stderr\n${words(outcome.stderr)}--- exit ${outcome.exitCode}`
}

const words = (text: string): string => normalise(withoutPlaces(withoutHelp(text))).text

const withoutPlaces = (text: string): string =>
  text
    .replace(/\/tmp\/two-kubectls-\w{6}/g, '/home/learner')
    .replace(/(?<=lookup \S+ on )[\d.]+:53/g, 'RESOLVER')
    .replace(/(?<=^[IWEF]\d{4} [\d:.]+ +)\d+(?= \w+\.go:)/gm, 'PID')
    .replace(/(?<=^(?:---|\+\+\+) \S+\t)\d{4}-\d\d-\d\d [\d:.]+ [+-]\d{4}/gm, 'TIME')

/** Help ends with where the global flags are found; it says in its usage line what it is about. */
const HELP_END = /Use "kubectl options" for .*\n$/

function withoutHelp(text: string): string {
  if (!HELP_END.test(text)) return text
  const [, command] = /Usage:\n +(kubectl(?: [a-z-]+)*)/.exec(text) ?? []
  return `<help of ${command}>\n`
}
